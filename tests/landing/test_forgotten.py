"""A refused row that was mended long ago keeps which, where and why, and no value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from kernel.house import House
from landing.quarantine import VALUES_KEPT, forget_values
from landing.tables import quarantine

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(key: str, closed: datetime | None, system: str = "sc_food") -> dict[str, object]:
    return {
        "system": system, "stream": "s", "key_hash": key, "row_hash": "r", "batch": "b",
        "run": "r1", "rule": "value", "reason": "not a date", "first_seen": NOW - 400 * DAY,
        "last_seen": NOW, "closed_at": closed, "closed_by": "mended" if closed else None,
        "sealed": b"sealed",
    }  # fmt: skip


def kept(house: House) -> dict[str, bool]:
    """Key to whether its values are there."""
    with house.engine.connect() as conn:
        return {row.key_hash: row.sealed is not None for row in conn.execute(select(quarantine))}


def test_values_go_when_their_time_is_over_and_what_is_open_stays(house: House) -> None:
    with house.engine.begin() as conn:
        for one in (
            entry("open", None),
            entry("old", NOW - VALUES_KEPT - DAY),
            entry("new", NOW - VALUES_KEPT + DAY),
            entry("other", NOW - VALUES_KEPT - DAY, "ga_vehicle"),
        ):
            conn.execute(insert(quarantine).values(one))
    with house.under("sync").engine.begin() as conn:
        assert forget_values(conn, "sc_food", NOW) == 1
        assert forget_values(conn, "sc_food", NOW) == 0
    assert kept(house) == {"open": True, "old": False, "new": True, "other": True}
    with house.engine.connect() as conn:
        row = conn.execute(select(quarantine).where(quarantine.c.key_hash == "old")).one()
    assert (row.reason, row.closed_by) == ("not a date", "mended")
