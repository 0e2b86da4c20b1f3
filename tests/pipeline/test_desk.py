"""What operations see and do, over real tables: one system, its outages, deeds."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kernel.errors import BadInput, RetryLater
from kernel.house import House
from landing import runs
from landing.tables import run as run_table
from ledger.tables import entry
from pipeline import rowcounts
from pipeline.ops import deeds, outages, refused
from pipeline.ops.desk import Desk
from pipeline.platform import Platform
from pipeline.sync import only_one, sync
from registry.accounts import Account
from tests.pipeline.sources import CODE, at, environment, licence, on_disk
from tests.pipeline.watched import fail, town, unlimited

OPS = Account("ops", "运维", "ops", None, ())
REQUEST = 32


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


def test_a_run_is_told_for_a_moment_after_its_end_however_short_it_was(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path) as (one, _, clock):
        runs.begin(one, CODE, "r9", False)
        runs.end(one, CODE, "r9")
        clock.now += timedelta(seconds=3)
        assert [now.run for now in Desk(one).progress(CODE)] == ["r9"]
        runs.begin(one, CODE, "r10", False)
        assert [now.run for now in Desk(one).progress(CODE)] == ["r10"]
        runs.end(one, CODE, "r10")
        clock.now += timedelta(seconds=6)
        assert Desk(one).progress(CODE) == []


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


def test_a_run_that_could_not_begin_has_a_record_and_is_no_fault(
    house: House, servers: dict[str, str | int], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "pipeline.ops.worker", CODE, "manual-1", "--by", "ops"]
    with town(house, tmp_path) as (one, source, _):
        env = {**environment(), "ZHONGTAI_HOME": str(on_disk(one, servers))}
        with only_one(one, CODE):
            done = subprocess.run(command, env=env, capture_output=True, check=False)
        assert done.returncode == RetryLater.exit_code
        assert source.asked == 0
        (run,) = Desk(one).watched(CODE).page.runs
    assert (run.state, run.by) == ("resting", "ops")
    assert run.error == "another sync of sc_food is running"


def test_counts_that_take_long_are_kept_for_a_while(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town(house, tmp_path) as (one, source, clock):
        sync(one, CODE, "r0")
        desk = Desk(one)
        assert desk.board().running[0].stored == 1
        monkeypatch.setattr(rowcounts, "QUICK", -1.0)
        monkeypatch.setattr(rowcounts, "TIMES", 1e9)
        assert desk.board().running[0].stored == 1
        source.rows.append(licence("k2", "2026-11-21 08:00:00"))
        clock.now += timedelta(minutes=1)
        sync(one, CODE, "r1")
        assert desk.board().running[0].stored == 1  # as it was counted
        assert Desk(one).board().running[0].stored == 2
