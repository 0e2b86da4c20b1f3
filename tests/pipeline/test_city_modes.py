"""Look-back and periods over the real transports and in each form of time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.house import House
from landing.read import counts
from landing.tables import cursor
from landing.tables import run as runs
from pipeline.sync import How, sync
from tests.pipeline.sources import of_city
from tests.running import RunningCity

#: Transport and form of time, and a system of it.
BACK = {
    "rest, text": "sc_food",
    "rest, epoch_ms": "sl_water",
    "rest, iso": "xzsp_policy",
    "soap, text": "ga_seal",
    "sql of mysql": "gjj_fund",
    "sql of postgresql": "jy_enrolment",
}
LOOK_BACK = ("    deletes:", "    lookback: 9999d\n    deletes:")


def cursors(house: House) -> dict[str, str]:
    with house.engine.connect() as conn:
        return {row.stream: row.value for row in conn.execute(select(cursor))}


def held(house: House) -> int:
    """Distinct keys: live rows and open entries of the quarantine."""
    with house.engine.connect() as conn:
        return sum(one.stored + one.quarantined for one in counts(conn))


@pytest.mark.parametrize("what", BACK)
def test_rows_read_again_by_a_look_back_are_unchanged_and_the_cursor_stays(
    house: House, city: RunningCity, tmp_path: Path, what: str
) -> None:
    code = BACK[what]
    town = of_city(house, city, tmp_path / "systems", code, LOOK_BACK)
    first = sync(town, code, "r1")
    before = cursors(town)
    again = sync(town, code, "r2")
    assert (again.stored, again.deleted) == (0, 0)
    assert cursors(town) == before
    with town.engine.connect() as conn:
        read = conn.execute(select(runs.c.streams).where(runs.c.id == "r2")).scalar_one()
    said = sum(one["unchanged"] + one["quarantined"] for one in read.values())
    # Rows of one instant may come twice at a page's border; a row may be older than 9,999 days.
    assert first.rows >= again.rows >= said > held(town) * 0.9 > 0


@pytest.mark.parametrize("what", ["rest, text", "rest, epoch_ms", "rest, iso", "soap, text"])
def test_periods_that_follow_each_other_hold_every_row_once(
    house: House, city: RunningCity, tmp_path: Path, what: str
) -> None:
    code = BACK[what]
    town = of_city(house, city, tmp_path / "systems", code)
    ends = ["1990-01-01", "2015-06-30", "2024-06-30 12:00", "2026-06-30", "2099-01-01"]
    for number, period in enumerate(pairwise(ends)):
        sync(town, code, f"p{number}", how=How(period=period))
    assert set(cursors(town).values()) <= {None}
    by_periods = held(town)
    assert sync(town, code, "r1").stored == 0
    assert held(town) == by_periods > 0
