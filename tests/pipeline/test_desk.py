"""What operations see and do, over real tables: one system, its outages, deeds, a day, a letter."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kernel.errors import BadInput, NotAuthorised, RetryLater
from kernel.house import House
from landing import runs
from landing.tables import finding
from landing.tables import run as run_table
from ledger.tables import entry
from pipeline.ops import daily, deeds, outages, refused
from pipeline.ops.desk import Desk
from pipeline.ops.outages import Outage
from pipeline.platform import Platform
from pipeline.sync import only_one, sync
from registry.accounts import Account
from tests.connectors.gateway import Reply, Request
from tests.pipeline.sources import CODE, Hands, List, at, licence, listed, on_disk

OPS = Account("ops", "运维", "ops", None, ())
REQUEST = 32


class Source(List):
    """A list that may refuse to answer; it remembers the requests' ids."""

    refuses = False

    def __init__(self, *rows: dict[str, str | None]) -> None:
        super().__init__(*rows)
        self.ids: list[str] = []

    def __call__(self, request: Request) -> Reply:
        """As the list does, or 403."""
        self.ids.append({k.lower(): v for k, v in request.headers.items()}["x-request-id"])
        return Reply({"code": 403}, 403) if self.refuses else super().__call__(request)


@contextmanager
def town(house: House, tmp_path: Path, *rows: dict[str, str | None]) -> Iterator[
    tuple[House, Source, Hands]
]:  # fmt: skip
    """A system whose source and clock a test rules."""
    clock, source = Hands(at("2026-11-26 10:00")), Source(*(rows or (licence("k1"),)))
    with listed(house, tmp_path / "systems", source, clock=clock) as one:
        yield one, source, clock


def fail(house: House, source: Source, run: str) -> None:
    """A sync that the source refuses."""
    source.refuses = True
    with pytest.raises(NotAuthorised):
        sync(house, CODE, run)
    source.refuses = False


def test_an_outage_lasts_from_the_first_failure_to_the_next_good_run(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path) as (one, source, clock):
        sync(one, CODE, "r0")
        for n in (1, 2):
            clock.now += timedelta(hours=1)
            fail(one, source, f"r{n}")
        page = Desk(one).watched(CODE)
        assert page.page.tile.state == "failing"
        assert page.page.tile.failing_since == at("2026-11-26 11:00")
        (outage,) = page.outages
        assert (outage.began, outage.ended) == (at("2026-11-26 11:00"), None)
        assert [each.run for each in outage.failed] == ["r1", "r2"]
        clock.now += timedelta(hours=1)
        sync(one, CODE, "r3")
        page = Desk(one).watched(CODE)
        assert page.outages[0].ended == at("2026-11-26 13:00")
        assert page.page.tile.failing_since is None


def test_the_id_of_the_request_that_failed_is_kept_with_its_run(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path) as (one, source, clock):
        sync(one, CODE, "r0")
        clock.now += timedelta(hours=1)
        fail(one, source, "r1")
        clock.now += timedelta(minutes=1)
        (outage,) = Desk(one).watched(CODE).outages
        assert outage.failed[0].request == source.ids[-1]
        assert len(set(source.ids)) == len(source.ids)
        assert {len(each) for each in source.ids} == {REQUEST}
        assert Desk(one).watched(CODE).page.runs[0].request == source.ids[-1]
        assert Desk(one).watched(CODE).page.runs[1].request is None


def test_a_rest_ends_no_outage_and_a_period_is_none(house: House) -> None:
    def row(state: str, hour: int, kind: str = "sync") -> dict[str, object]:
        began = at(f"2026-11-26 {hour:02d}:00")
        times = {"started": began, "ended": began + timedelta(minutes=1), "kind": kind}
        return {"id": f"r{hour}", "system": CODE, "full": False, "state": state, **times}

    rows = [row("failed", 1), row("resting", 2), row("failed", 3), row("done", 4)]
    rows += [row("failed", 5, "period"), row("failed", 6), row("running", 7)]
    with house.engine.begin() as conn:
        conn.execute(insert(run_table), [{**one, "ended": one.get("ended")} for one in rows])
        day = (at("2026-11-26 00:00"), at("2026-11-27 00:00"))
        found = outages.of_system(conn, CODE, *day)
        last = outages.last_runs(conn, [CODE, "other"])
    spans = [(each.began, each.ended, [one.run for one in each.failed]) for each in found]
    assert spans == [
        (at("2026-11-26 01:00"), at("2026-11-26 04:01"), ["r1", "r3"]),
        (at("2026-11-26 06:00"), None, ["r6"]),
    ]
    assert set(last) == {CODE}
    assert (last[CODE].newest.id, last[CODE].failing) == ("r7", at("2026-11-26 06:00"))
    assert last[CODE].success == at("2026-11-26 04:01")


@pytest.mark.parametrize(
    ("since", "until", "there"), [(0, 1, False), (0, 3, True), (3, 4, True), (5, 6, False)]
)
def test_an_outage_belongs_to_the_times_that_it_touches(
    house: House, since: int, until: int, there: bool
) -> None:
    def hour(n: int) -> datetime:
        return at("2026-11-26 00:00") + timedelta(hours=n)

    rows = [
        {"id": state, "system": CODE, "full": False, "state": state, "started": hour(n)}
        | {"ended": hour(n)}
        for state, n in (("failed", 2), ("done", 5))
    ]
    with house.engine.begin() as conn:
        conn.execute(insert(run_table), rows)
        assert bool(outages.of_system(conn, CODE, hour(since), hour(until))) is there


def test_refused_rows_come_by_number_without_their_values(house: House, tmp_path: Path) -> None:
    bad = [licence(f"k{n:02}", issueDate="not a day", holderName="某某人") for n in range(1, 46)]
    good = [licence(f"g{n:02}") for n in range(60)]
    with town(unlimited(house), tmp_path, *bad, *good) as (one, _, _):
        sync(one, CODE, "r0")
        first = Desk(one).watched(CODE).refused
        assert len(first.rows) == refused.SHOWN
        assert first.causes == (("licence", "issueDate", "date", 45),)
        seen = [row.id for row in first.rows]
        page = first
        while page.before is not None:
            page = Desk(one).watched(CODE, page.before).refused
            seen += [row.id for row in page.rows]
        assert len(seen) == len(set(seen)) == 45
        assert seen == sorted(seen, reverse=True)
        assert "某某人" not in str(first)
        assert "not a day" not in str(first)
        assert first.rows[0].place is not None


def unlimited(house: House) -> House:
    """Refused rows do not stop the stream."""
    return replace(house, settings=replace(house.settings, quarantine_limit="100%"))


def test_freshness_leaves_rests_out_and_says_how_late(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, clock):
        assert [f.hours for f in Desk(one).watched(CODE).fresh] == [None]
        sync(one, CODE, "r0")
        clock.now += timedelta(hours=25)
        (fresh,) = Desk(one).watched(CODE).fresh
        assert (fresh.hours, fresh.allowed, fresh.late) == (25.0, 26, False)
        clock.now += timedelta(hours=2)
        (fresh,) = Desk(one).watched(CODE).fresh
        assert (fresh.hours, fresh.late) == (27.0, True)


def test_pausing_and_resuming_are_in_the_ledger(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        desk = Desk(one)
        for why in ("", " ", "电话 13800000000"):
            with pytest.raises(BadInput, match="请写明原因"):
                desk.pause(OPS, CODE, why)
        desk.pause(OPS, CODE, "源系统迁移")
        assert desk.watched(CODE).page.tile.paused == "ops: 源系统迁移"
        desk.resume(OPS, CODE)
        desk.resume(OPS, CODE)
        assert desk.watched(CODE).page.tile.paused is None
        with one.engine.connect() as conn:
            bodies = [
                json.loads(b) for b in conn.scalars(select(entry.c.body).order_by(entry.c.seq))
            ]
        said = [(b["event"], b["actor"], b.get("system")) for b in bodies]
    assert said[-2:] == [("system.paused", "ops", CODE), ("system.resumed", "ops", CODE)]


def ended(house: House, run: str) -> str:
    """How a run of another process ended; waits for it."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with house.engine.connect() as conn:
            state = conn.scalar(select(run_table.c.state).where(run_table.c.id == run))
        if state not in (None, "running"):
            return str(state)
        time.sleep(0.1)
    raise AssertionError(f"{run} did not end")


def test_a_period_that_a_person_asks_for_is_read_by_a_process_of_its_own(
    house: House, servers: dict[str, str | int], tmp_path: Path
) -> None:
    old, new = licence("k1", "2026-11-02 08:00:00"), licence("k2", "2026-11-20 08:00:00")
    with town(house, tmp_path, old, new) as (one, source, _):
        on_disk(one, servers)
        sync(one, CODE, "r0")
        source.rows[0] = licence("k1", "2026-11-02 09:00:00", jycs="某路2号")
        run = Desk(one).start(OPS, CODE, ("2026-11-02", "2026-11-02"))
        assert ended(one, run) == "done"
        with one.engine.connect() as conn:
            row = conn.execute(select(run_table).where(run_table.c.id == run)).one()
    assert (row.kind, row.by, row.rows, row.stored) == ("period", "ops", 1, 1)
    assert row.streams["licence"]["end"] == "2026-11-03"  # the last day counts


def test_nothing_is_started_while_it_is_read_or_where_there_are_no_periods(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path) as (one, _, _):
        with only_one(one, CODE), pytest.raises(RetryLater):
            Desk(one).start(OPS, CODE, None)
        for days in (("", ""), ("2026-11-03", "2026-11-02"), ("x", "y")):
            with pytest.raises(BadInput, match="日期"):
                Desk(one).start(OPS, CODE, days)


def test_no_more_runs_are_started_than_may_go_on(
    house: House, servers: dict[str, str | int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "MOST", 1)
    with town(house, tmp_path) as (one, _, _):
        on_disk(one, servers)
        desk = Desk(one)
        run = desk.start(OPS, CODE, None)
        with pytest.raises(RetryLater) as error:
            desk.start(OPS, CODE, None)
        assert ended(one, run) == "done"
    assert error.value.facts.get("reason") in ("too_many_runs", None)  # None: it reads already


def test_what_runs_now_is_told_with_its_counts(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        assert Desk(one).progress() == []
        runs.begin(one, CODE, "r9", False)
        (now,) = Desk(one).progress(CODE)
        assert (now.run, now.name) == ("r9", "江西省食品经营许可管理系统")
        assert Desk(one).progress("ga_vehicle") == []
        runs.end(one, CODE, "r9")
        assert Desk(one).progress() == []


def test_a_days_report_counts_what_was_read_refused_and_out_of_order(
    house: House, tmp_path: Path
) -> None:
    rows = [licence(f"k{n}") for n in range(4)] + [licence("bad", issueDate="no day")]
    with town(unlimited(house), tmp_path, *rows) as (one, source, clock):
        sync(one, CODE, "r0")
        clock.now += timedelta(hours=1)
        fail(one, source, "r1")
        clock.now = at("2026-11-27 09:00")
        source.rows = [*rows[:-1], licence("bad", "2026-11-27 08:00:00")]
        sync(one, CODE, "r2")
        clock.now += timedelta(minutes=1)
        desk = Desk(one)
        first, second = desk.report(date(2026, 11, 26)), desk.report(date(2026, 11, 27))
    (did,) = first.systems
    assert (did.runs, did.done, did.failed, did.rows, did.refused) == (2, 1, 1, 5, 1)
    assert first.refused == (1, 0, 1)
    assert second.refused == (0, 1, 0)
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


def test_the_board_has_each_system_once(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        board = Desk(one).board()
        assert [row.code for row in board.coming] == [CODE]  # it was never read
        assert board.coming[0].state == "testing"
        sync(one, CODE, "r0")
        board = Desk(one).board()
        assert ([row.code for row in board.running], board.coming) == ([CODE], ())


def test_airflow_is_linked_where_there_is_one(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        assert Desk(one).watched(CODE).airflow == ""
        there = replace(one, settings=replace(one.settings, airflow_url="http://127.0.0.1:8601/"))
        assert Desk(there).watched(CODE).airflow == "http://127.0.0.1:8601/dags/sync_sc_food"


def test_the_platform_gives_the_desk(house: House) -> None:
    assert isinstance(Platform(house).ops, Desk)


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
