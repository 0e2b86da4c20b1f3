"""Publish and share killed at random moments: no copy without its entry, no entry lost."""

from __future__ import annotations

from tests.certs.killing import Killing
from tests.certs.town import Town

KILLS = 10


def test_kills_lose_no_entry_and_let_no_copy_out_without_one(
    city: Town, servers: dict[str, str | int]
) -> None:
    result = Killing(city, servers, seed=5).series(KILLS)
    assert result.wrong == []
    assert result.publish + result.share == KILLS
    assert result.publish > 0
    assert result.copies > 0
