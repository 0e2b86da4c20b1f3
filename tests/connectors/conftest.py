"""Fixtures of the connectors' tests."""

from __future__ import annotations

import pytest

from connectors.retry import Patience


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again as often as ever, with next to no pause; how long pauses are has its own test."""
    monkeypatch.setattr(Patience, "pause", lambda self, attempt, asked: 0.01)
