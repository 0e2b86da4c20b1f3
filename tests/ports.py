"""Ports for servers that tests start."""

from __future__ import annotations

import secrets
import socket


def free_ports(count: int) -> int:
    """The first of `count` free ports in a row on loopback.

    Below those of the end-to-end tests, which run beside, and those that the system gives out.
    """
    for first in range(10000 + secrets.randbelow(8000), 20000 - count, count):
        held = []
        try:
            for port in range(first, first + count):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
    raise RuntimeError("no free ports in a row")
