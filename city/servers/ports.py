"""Ports on loopback."""

from __future__ import annotations

import socket

from city.servers.errors import ServeError


def hold(port: int, argument: str) -> socket.socket:
    """A socket on loopback that does not listen yet, so that clients are refused until then.

    Raises ServeError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise ServeError(f"port {port} is not free: choose another {argument} ({error})") from None
    return listener
