"""Serving the portal: no access log, whose lines would hold whole paths, and quiet tracebacks."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import uvicorn
from starlette.applications import Starlette

from kernel.logs import Plain


def log_settings() -> dict[str, Any]:
    """Warnings and errors to stderr, tracebacks without their messages."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": Plain}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "plain",
            }
        },
        "loggers": {"uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
    }


class Server(uvicorn.Server):
    """Tells a service manager when it takes requests (systemd's Type=notify), and answers whom it
    has let in: uvicorn resets a connection whose request has not come yet when the end begins."""

    #: How long such a one may take to ask. A browser also opens connections that it does not use.
    late_seconds = 1.0

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more, hear those who are in, then end as uvicorn does."""
        for one in self.servers:
            one.close()
        clock = asyncio.get_running_loop().time
        end = clock() + self.late_seconds
        await asyncio.sleep(0.1)  # who is in the middle of a TLS handshake is not counted yet
        while clock() < end and any(map(_unheard, self.server_state.connections)):
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            tell_ready()


def _unheard(connection: object) -> bool:
    return getattr(connection, "cycle", True) is None  # a websocket has none


def tell_ready() -> None:
    """READY=1 to the datagram socket that NOTIFY_SOCKET names; nothing where there is none."""
    where = os.environ.get("NOTIFY_SOCKET")
    if not where:
        return
    name = "\0" + where[1:] if where.startswith("@") else where
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"READY=1", name)


def _end(*_: object) -> NoReturn:
    sys.exit(0)


def serve(server: Server, handed: socket.socket | None) -> None:
    """Serve until SIGTERM. `handed`: a listening socket whose holder keeps it open: who comes while
    one portal ends and another begins waits in its queue and is not refused.

    uvicorn raises the signal that ended it anew: that is a good end here, by SystemExit(0)."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _end)
    server.run(sockets=None if handed is None else [handed])


@dataclass(frozen=True)
class Tls:
    """Files, PEM: the certificate with those above it, and its key."""

    certificate: Path
    key: Path


def make_server(app: Starlette, host: str, port: int, tls: Tls | None = None) -> Server:
    """A server ready to `run()`; it ends on SIGTERM and SIGINT within seven seconds."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_config=log_settings(),
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
        )
    )
