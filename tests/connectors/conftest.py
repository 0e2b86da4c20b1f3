"""Fixtures of the connectors' tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.retry import Patience


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again as often as ever, with next to no pause; how long pauses are has its own test."""
    monkeypatch.setattr(Patience, "pause", lambda self, attempt, asked: 0.01)


@pytest.fixture
def memory() -> Callable[[], int]:
    """How many MB this process has grown, at its highest, since the test began (Linux)."""

    def peak() -> int:
        status = Path("/proc/self/status").read_text("ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024

    Path("/proc/self/clear_refs").write_text("5", "ascii")  # forgets the peak so far
    before = peak()
    return lambda: peak() - before
