"""Serving the portal: no access log, whose lines would hold whole paths, and quiet tracebacks."""

from __future__ import annotations

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
    """Tells a service manager when it takes requests (systemd's Type=notify)."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            tell_ready()


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


def serve(server: uvicorn.Server, handed: socket.socket | None) -> None:
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


def make_server(app: Starlette, host: str, port: int, tls: Tls | None = None) -> uvicorn.Server:
    """A server ready to `run()`; it ends on SIGTERM and SIGINT within five seconds."""
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
