"""Ports on loopback, or on the address that the city was told to take."""

from __future__ import annotations

import socket

from city.servers.errors import ServeError

LOOPBACK = "127.0.0.1"


def hold(port: int, argument: str, host: str = LOOPBACK) -> socket.socket:
    """A socket that does not listen yet, so that clients are refused until then.

    Raises ServeError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServeError(
            f"port {port} of {host} is not free: choose another {argument} ({error})"
        ) from None
    return listener
