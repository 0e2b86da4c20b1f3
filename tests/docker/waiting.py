"""Waiting for programs of the compose file that were started by hand."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from cli.processes import Child
from tests.docker.byhand import BIN
from tests.e2e.installed import ROOT

SECONDS = 300


def healthy(address: str) -> bool:
    """The compose file's health check over HTTP."""
    command = [str(BIN / "python"), "docker/healthy.py", address]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def until(true: Callable[[], bool], child: Child, seconds: float = SECONDS) -> None:
    """Wait for it; when its program ends or it takes too long, the end of its log is shown."""
    deadline = time.monotonic() + seconds
    while not true():
        late = time.monotonic() > deadline
        if late or not child.alive():
            raise AssertionError(child.log.read_text("utf-8", "replace")[-3000:])
        time.sleep(0.2)
