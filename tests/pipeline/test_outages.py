"""Outages out of many runs: what borders leave out never changes what is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select

from kernel.house import House
from landing.tables import run as runs
from pipeline.ops.outages import BEFORE, Outage, of_system, of_systems, outages

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
CODES = ("sc_food", "mz_marriage", "ga_person")


def some(random: Random, code: str) -> list[dict[str, Any]]:
    """Runs of a system over two months, one after the other."""
    made: list[dict[str, Any]] = []
    at = NOW - timedelta(days=60)
    while at < NOW:
        at += timedelta(minutes=random.choice((1, 30, 600, 3000)))
        lasts = timedelta(seconds=random.choice((0, 5, 3000)))
        state = random.choice(("done", "failed", "failed", "resting", "running"))
        made.append(
            {
                "id": f"r{len(made)}", "system": code, "full": False, "state": state,
                "kind": random.choice(("sync", "sync", "sync", "backfill")), "started": at,
                "ended": None if state == "running" else at + lasts, "error": "e",
                "rows": 0, "stored": 0, "quarantined": 0, "deleted": 0,
            }
        )  # fmt: skip
        at += lasts
    return made


def naive(rows: list[Any], code: str, since: datetime, until: datetime) -> list[Outage]:
    """Over every run of the system since BEFORE."""
    ended = [
        row
        for row in sorted(rows, key=lambda one: (one.started, one.id))
        if row.system == code and row.kind == "sync" and row.state in ("done", "failed")
        and row.started >= since - BEFORE
    ]  # fmt: skip
    found = outages(ended)
    return [one for one in found if one.began < until and (one.ended is None or one.ended > since)]


@pytest.mark.parametrize("seed", range(6))
def test_borders_change_nothing(house: House, seed: int) -> None:
    random = Random(seed)
    with house.engine.begin() as conn:
        for code in CODES[:2]:
            conn.execute(insert(runs), some(random, code))
        rows = list(conn.execute(select(runs).where(runs.c.system.in_(CODES))))
        told = 0
        for _ in range(40):
            since = NOW - timedelta(minutes=random.randrange(60 * 24 * 60))
            until = since + timedelta(hours=random.choice((0, 1, 24, 24 * 30)))
            said = of_systems(conn, CODES, since, until)
            for code in CODES:
                right = naive(rows, code, since, until)
                assert said.get(code, []) == right == of_system(conn, code, since, until)
                told += len(right)
        assert told
        conn.rollback()
