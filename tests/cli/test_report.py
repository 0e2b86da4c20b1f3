"""The report of a round."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from cli.report import last_runs
from kernel.house import House
from landing.tables import run


def test_a_run_that_has_just_begun_does_not_hide_the_last_one(house: House) -> None:
    """By its schedule a system may begin again while the report is made."""
    now = house.clock()
    rows = [
        ("xx_a", "r1", "done", now - timedelta(minutes=2)),
        ("xx_a", "r2", "failed", now - timedelta(minutes=1)),
        ("xx_a", "r3", "running", now),
        ("xx_b", "r1", "running", now),
    ]
    values = [
        {"system": system, "id": name, "state": state, "started": at, "full": False}
        for system, name, state, at in rows
    ]
    with house.engine.begin() as conn:
        conn.execute(insert(run), values)
        found = last_runs(conn)
    assert {system: row.state for system, row in found.items()} == {
        "xx_a": "failed",
        "xx_b": "running",
    }
