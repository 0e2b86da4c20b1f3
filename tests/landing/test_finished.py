"""Cases at their end are noted as they land, once, and no history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from kernel.clock import CITY_TIME, stopped_clock
from kernel.house import House
from landing import finished
from landing.land import land_batch
from landing.tables import finished as table
from tests.landing.frames import Row, batch_of, raw, stream_of

SYSTEM = "xzsp_window"
STREAM = stream_of(SYSTEM, "case")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WORDS = {meaning: word for word, meaning in (STREAM.fields["state"].values or {}).items()}


def case(key: str, state: str, closed: datetime | None = None) -> Row:
    text = closed.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S") if closed else None
    return raw(STREAM, key, state=WORDS[state], closed=text, case_number=f"N{key}")


def noted(house: House) -> list[tuple[str, str, int | None]]:
    f = table.c
    with house.engine.connect() as conn:
        rows = conn.execute(select(f.case_number, f.state, f.entry).order_by(f.id))
        return [tuple(row) for row in rows]


def test_a_case_is_noted_when_it_ends_and_once(house: House) -> None:
    house = replace(house, clock=stopped_clock(NOW))
    land_batch(
        house, SYSTEM, STREAM, "r1", 0, batch_of(case("a", "accepted"), case("b", "granted"))
    )
    assert noted(house) == [("Nb", "granted", None)]
    again = batch_of(case("a", "refused", NOW), case("b", "granted", NOW))
    for run in ("r2", "r3"):
        land_batch(house, SYSTEM, STREAM, run, 0, again)
    assert noted(house) == [("Nb", "granted", None), ("Na", "refused", None)]


def test_what_ended_long_before_is_history(house: House) -> None:
    house = replace(house, clock=stopped_clock(NOW))
    old, late = NOW - finished.NEWS - timedelta(hours=1), NOW - finished.NEWS + timedelta(hours=1)
    rows = batch_of(case("a", "granted", old), case("b", "granted", late), case("c", "withdrawn"))
    land_batch(house, SYSTEM, STREAM, "r1", 0, rows)
    assert [one[0] for one in noted(house)] == ["Nb", "Nc"]


def test_what_one_entry_tells_is_not_told_by_another(house: House) -> None:
    house = replace(house, clock=stopped_clock(NOW))
    land_batch(house, SYSTEM, STREAM, "r1", 0, batch_of(case("a", "granted"), case("b", "refused")))
    with house.engine.begin() as conn:
        ids = finished.untold(conn, 1)
        finished.told(conn, ids, 7)
        (left,) = finished.untold(conn, 10)
    assert ids == [left - 1]
    assert [one[2] for one in noted(house)] == [7, None]
