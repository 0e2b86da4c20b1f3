"""The portal as a program of its own, over an installation on disk."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.pipeline.sources import environment
from tests.ports import free_ports

START_SECONDS = 120


@contextmanager
def running_portal(home: Path, tmp_path: Path, port: int | None = None) -> Iterator[str]:
    """Its address, once it answers (a platform whose database is away answers too)."""
    port = port or free_ports(1)
    command = [sys.executable, "-m", "portal", "--port", str(port)]
    with (tmp_path / "portal.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**environment(), "ZHONGTAI_HOME": str(home)}, stderr=log, stdout=log
        )
        try:
            _answers(f"http://127.0.0.1:{port}", process, tmp_path / "portal.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            requests.get(f"{url}/health", timeout=5)
            return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    raise RuntimeError(f"the portal did not start: {log.read_text('utf-8')}")
