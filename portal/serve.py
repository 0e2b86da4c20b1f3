"""Serving the portal: uvicorn without an access log, whose lines would hold whole paths."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI


def make_server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """A server ready to `run()`; it ends on SIGTERM and SIGINT within five seconds."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            log_level="warning",
            timeout_graceful_shutdown=5,
        )
    )
