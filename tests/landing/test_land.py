"""A batch lands whole, once, or not at all."""

from __future__ import annotations

from sqlalchemy import select

from kernel.house import House
from landing.land import land_batch
from landing.tables import licence, quarantine
from tests.landing.frames import batch_of, raw, stream_of


def test_a_good_row_is_stored_and_a_bad_one_is_in_quarantine(house: House) -> None:
    stream = stream_of("sc_enterprise", "licence")
    bad = raw(stream, "k2", holder_number="360700199003070009")
    got = land_batch(
        house,
        "sc_enterprise",
        stream,
        "r1",
        0,
        batch_of(stream, raw(stream, "k1"), bad, cursor="c1"),
    )
    assert (got.rows, got.stored, got.quarantined) == (2, 1, 1), got
    with house.engine.connect() as conn:
        print(conn.execute(select(licence)).mappings().all())
        print(conn.execute(select(quarantine)).mappings().all())
    assert conn
