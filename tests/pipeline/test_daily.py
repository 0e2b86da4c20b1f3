"""The report of a day and the letter to an owner, over real tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from kernel.errors import BadInput
from kernel.house import House
from landing.tables import finding
from pipeline.ops import daily
from pipeline.ops.desk import Desk
from pipeline.ops.outages import Outage
from pipeline.sync import sync
from tests.pipeline.sources import CODE, at, licence
from tests.pipeline.watched import fail, town, unlimited


def test_a_days_report_counts_what_was_read_refused_and_out_of_order(
    house: House, tmp_path: Path
) -> None:
    rows = [licence(f"k{n}") for n in range(4)] + [licence("bad", issueDate="no day")]
    with town(unlimited(house), tmp_path, *rows) as (one, source, clock):
        sync(one, CODE, "r0")
        clock.now += timedelta(hours=1)
        fail(one, source, "r1")
        clock.now = at("2026-11-27 09:00")
        mended, later = "2026-11-27 08:00:00", licence("new", issueDate="no day")
        source.rows = [*rows[:-1], licence("bad", mended), later]
        sync(one, CODE, "r2")
        clock.now += timedelta(minutes=1)
        desk = Desk(one)
        first, second = desk.report(date(2026, 11, 26)), desk.report(date(2026, 11, 27))
    (did,) = first.systems
    assert (did.runs, did.done, did.failed, did.rows, did.refused) == (2, 1, 1, 5, 1)
    assert first.refused == (1, 0, 1)
    assert second.refused == (1, 1, 1)
    assert [each.outage.began for each in first.outages] == [at("2026-11-26 11:00")]
    assert [each.outage.ended for each in second.outages] == [at("2026-11-27 09:00")]
    assert first.late is None
    assert second.late == ()
    assert first.silent == ()


def test_a_day_has_its_findings_and_none_of_later_days(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, clock):
        times = (("open", 25, None), ("shut", 25, 26), ("now", 26, None), ("later", 27, None))
        with one.engine.begin() as conn:
            for subject, day, closed in times:
                seen = at(f"2026-11-{day} 08:00")
                shut = at(f"2026-11-{closed} 09:00") if closed else None
                conn.execute(
                    insert(finding).values(
                        system=CODE, stream="licence", kind="new_column", subject=subject,
                        detail="d", first_seen=seen, last_seen=seen, closed_at=shut,
                    )
                )  # fmt: skip
        clock.now = at("2026-11-28 10:00")
        found = Desk(one).report(date(2026, 11, 26)).findings
    assert [each.subject for each in found] == ["open", "now"]


def test_a_day_to_come_has_no_report(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _), pytest.raises(BadInput, match="还没有到"):
        Desk(one).report(date(2026, 11, 27))


def test_a_letter_tells_of_the_days_asked_about(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, source, clock):
        sync(one, CODE, "r0")
        clock.now += timedelta(hours=1)
        fail(one, source, "r1")
        clock.now += timedelta(hours=3)
        desk = Desk(one)
        made = desk.letter(CODE, None, None)
        assert (made.level, made.hours) == ("provincial", 3.0)
        assert made.types
        assert made.affected.cases == 0
        assert [type(each) for each in made.outages] == [Outage]
        assert desk.letter(CODE, date(2026, 11, 1), date(2026, 11, 25)).outages == ()
        for since, until in (((2026, 11, 27), (2026, 11, 28)), ((2026, 11, 20), (2026, 11, 19))):
            with pytest.raises(BadInput, match="开始日期"):
                desk.letter(CODE, date(*since), date(*until))


def test_a_day_is_the_citys(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, clock):
        clock.now = datetime(2026, 11, 26, 15, 59, tzinfo=UTC)  # 23:59 in the city
        sync(one, CODE, "r0")
        clock.now = datetime(2026, 11, 26, 16, 1, tzinfo=UTC)
        sync(one, CODE, "r1")
        clock.now += timedelta(minutes=1)
        runs_of = [len(daily.report(one, date(2026, 11, n)).systems) for n in (25, 26, 27)]
        counted = [daily.report(one, date(2026, 11, n)).systems[0].runs for n in (26, 27)]
    assert (runs_of, counted) == ([0, 1, 1], [1, 1])
