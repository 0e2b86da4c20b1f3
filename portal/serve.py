"""Serving the portal: no access log, whose lines would hold whole paths, and quiet tracebacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

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


@dataclass(frozen=True)
class Tls:
    """Files, PEM: the certificate with those above it, and its key."""

    certificate: Path
    key: Path


def make_server(app: FastAPI, host: str, port: int, tls: Tls | None = None) -> uvicorn.Server:
    """A server ready to `run()`; it ends on SIGTERM and SIGINT within five seconds."""
    return uvicorn.Server(
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
