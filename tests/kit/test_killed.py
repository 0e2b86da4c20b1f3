"""Syncs killed at any moment, over every transport: nothing lost, nothing doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.installation import installation
from tests.kit.killing import CODES, Killing

KILLS = 20


@pytest.mark.timeout(600)  # 90 s on two cores that have nothing else to do
@pytest.mark.needs("mariadbd")
def test_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    with installation(tmp_path / "home", 200, portal=False) as (house, _):
        result = Killing(house, seed=3, size=6, changes=500).series(KILLS)
    print(result)
    assert result.found.wrong == []
    assert (result.found.total(), result.stale, result.without_object) == (0, 0, 0)
    assert result.kills >= KILLS
    assert set(result.by_transport) == set(CODES)
