"""The portal on a free port of loopback, in a thread, as long as a context lasts."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from kernel.clock import Clock, stopped_clock
from portal.app import create_app
from portal.port import PlatformPort
from portal.serve import make_server
from tests.portal.fake import NOW

KEY = b"k" * 32


@contextmanager
def serving(platform: PlatformPort, clock: Clock | None = None) -> Iterator[str]:
    """The address of a running portal over the platform."""
    with running_app(platform, clock) as (url, _):
        yield url


@contextmanager
def running_app(
    platform: PlatformPort, clock: Clock | None = None
) -> Iterator[tuple[str, FastAPI]]:
    """The address of a running portal, and its application."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    app = create_app(platform, KEY, clock=clock or stopped_clock(NOW))
    server = make_server(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > end:
            raise RuntimeError("the portal did not start")
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}", app
    finally:
        server.should_exit = True
        thread.join(10)
