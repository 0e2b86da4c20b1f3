"""A system rests by its contract, is paused by a person, or waits after failures; none is late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from sqlalchemy import select

import landing.land
from connectors.frames import BATCH
from kernel.errors import BadInput, PersonMustAct, Resting
from kernel.house import House
from landing import calls, pauses
from landing.land import BatchCounts, store
from landing.tables import run as runs
from pipeline import steps, tasks, view
from pipeline.rows import SystemTile
from pipeline.sync import How, sync, system_of
from tests.pipeline.sources import CODE, STREAM, Hands, List, at, licence, listed
from tests.pipeline.test_modes import cursor_of, last_run, rows_of

OFFICE = ("transport:\n", 'hours: "09:00-17:00"\ntransport:\n')
SCHEDULED = How(scheduled=True)


def tile(house: House) -> SystemTile:
    (one,) = view.tiles(house)
    return one


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch holds one page."""
    monkeypatch.setattr(BATCH, "rows", 5)


def test_outside_its_hours_a_system_rests_and_is_not_late(house: House, tmp_path: Path) -> None:
    clock = Hands(at("2026-11-26 16:00"))
    source = List(licence("k1"))
    with listed(house, tmp_path / "systems", source, OFFICE, clock=clock) as town:
        sync(town, CODE, "r1")
        clock.now = at("2026-11-26 17:00")
        asked = source.asked
        with pytest.raises(Resting, match="sc_food rests until 2026-11-27 09:00: its hours are"):
            sync(town, CODE, "r2")
        assert source.asked == asked
        run = last_run(town)
        assert (run.state, run.rests_until) == ("resting", at("2026-11-27 09:00"))
        assert (tile(town).state, tile(town).until) == ("resting", at("2026-11-27 09:00"))
        assert tile(town).error is None
        clock.now = at("2026-11-28 09:30")  # 41.5 h old, of which it rested 32 h
        assert tile(town).state == "ok"
        clock.now = at("2026-11-29 16:30")  # 8 + 8 + 7.5 + 1 h awake: still within 26 h
        assert tile(town).state == "ok"
        clock.now = at("2026-11-30 11:00")
        assert tile(town).state == "late"


def test_maintenance_is_kept_too(house: House, tmp_path: Path) -> None:
    clock = Hands(at("2026-11-29 03:00"))
    window = ("transport:\n", 'maintenance: ["Sun 02:00-04:00"]\ntransport:\n')
    with listed(house, tmp_path / "systems", List(), window, clock=clock) as town:
        with pytest.raises(Resting, match="rests until 2026-11-29 04:00: its maintenance"):
            sync(town, CODE, "r1")
        assert tile(town).state == "resting"
        clock.now = at("2026-11-29 04:00")
        sync(town, CODE, "r2")
        assert tile(town).state == "ok"


@pytest.mark.usefixtures("small_batches")
def test_a_sync_that_runs_into_the_end_of_the_hours_goes_on_from_its_cursor(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Hands(at("2026-11-26 16:59"))
    source = List(*(licence(f"k{n:02}", f"2026-11-20 {n:02}:00:00") for n in range(20)))

    def store_and_wait(*args: Any) -> BatchCounts:
        landed = store(*args)
        if len(rows_of(house)) >= 9:
            clock.now = at("2026-11-26 17:00")
        return landed

    with listed(house, tmp_path / "systems", source, OFFICE, clock=clock) as town:
        monkeypatch.setattr(landing.land, "store", store_and_wait)
        with pytest.raises(Resting, match="rests until 2026-11-27 09:00"):
            sync(town, CODE, "r1")
        assert len(rows_of(town)) == 9
        assert cursor_of(town) == '{"since": "2026-11-20 08:00:00"}'
        assert last_run(town).streams[STREAM]["batches"] == 2
        clock.now = at("2026-11-27 09:00")
        monkeypatch.undo()
        assert sync(town, CODE, "r2").stored == 11
        assert last_run(town).streams[STREAM]["begin"] == '{"since": "2026-11-20 08:00:00"}'
        assert len(rows_of(town)) == 20


def test_a_quota_ends_a_run_after_what_it_read_has_landed(house: House, tmp_path: Path) -> None:
    clock = Hands(at("2026-11-26 10:20"))
    source = List(*(licence(f"k{n:02}", f"2026-11-20 {n:02}:00:00") for n in range(20)))
    quota = ("transport:\n", "quota: {calls: 2, per: hour}\ntransport:\n")
    with listed(house, tmp_path / "systems", source, quota, clock=clock) as town:
        with pytest.raises(Resting, match=r"used up \(2 calls a hour\).*after 2026-11-26 11:00"):
            sync(town, CODE, "r0")
        assert (source.asked, len(rows_of(town))) == (2, 9)
        assert (tile(town).state, tile(town).until) == ("resting", at("2026-11-26 11:00"))
        assert (tile(town).calls, tile(town).quota) == (2, "2/hour")
        with pytest.raises(Resting, match="used up"):
            sync(town, CODE, "r1")
        assert source.asked == 2
        clock.now += timedelta(hours=1)
        with pytest.raises(Resting, match="used up"):
            sync(town, CODE, "r2")
        clock.now += timedelta(hours=1)
        sync(town, CODE, "r3")
        assert (source.asked, len(rows_of(town))) == (5, 20)
        assert tile(town).state == "ok"


def test_calls_are_counted_by_the_citys_day(house: House, tmp_path: Path) -> None:
    quota = ("transport:\n", "quota: {calls: 3, per: day}\ntransport:\n")
    with listed(house, tmp_path / "systems", List(), quota) as town:
        system = system_of(town, CODE)
        with town.engine.begin() as conn:
            for hour in ("2026-11-26 00:10", "2026-11-26 09:00", "2026-11-26 23:59"):
                calls.spend(conn, system, at(hour))
            with pytest.raises(Resting, match=r"3 calls a day\): it goes on after 2026-11-27 00"):
                calls.spend(conn, system, at("2026-11-26 23:59"))
            assert calls.used(conn, system, at("2026-11-26 00:00")) == 3
            calls.spend(conn, system, at("2026-11-27 00:00"))
            assert calls.used(conn, system, at("2026-11-27 12:00")) == 1


def test_who_fails_again_and_again_is_tried_less_often_but_always_by_a_person(
    house: House, tmp_path: Path
) -> None:
    clock = Hands()
    source = List(licence("k1"))
    with listed(house, tmp_path / "systems", source, clock=clock) as town:
        for n in range(2):
            fail(town, f"scheduled__{n}")
            fail(town, f"scheduled__{n}")  # a second try of the same run
            assert (tile(town).state, tile(town).until) == ("failing", None)
        fail(town, "scheduled__2")
        assert (tile(town).state, tile(town).until) == ("failing", clock.now + timedelta(minutes=5))
        clock.now += timedelta(minutes=1)
        with pytest.raises(Resting, match="failed 3 times in a row: a scheduled run tries again"):
            sync(town, CODE, "scheduled__3", how=SCHEDULED)
        assert (last_run(town).state, tile(town).state) == ("resting", "failing")
        waits = []
        for n in range(4, 9):
            until = tile(town).until
            assert until is not None
            clock.now = until
            fail(town, f"scheduled__{n}")
            later = tile(town).until
            assert later is not None
            waits.append((later - clock.now) // timedelta(minutes=1))
        assert waits == [10, 20, 40, 60, 60]
        sync(town, CODE, "manual-1")  # the secret is mended, a person tries
        assert (tile(town).state, tile(town).until) == ("ok", None)


def fail(house: House, run: str) -> None:
    """A scheduled run that fails: the address is wrong."""
    secret = house.secrets.get("SC_FOOD_URL")
    house.secrets.put("SC_FOOD_URL", secret.replace("http:", "ftp:"))
    try:
        with pytest.raises(PersonMustAct, match="the address of sc_food"):
            sync(house, CODE, run, how=SCHEDULED)
    finally:
        house.secrets.put("SC_FOOD_URL", secret)


def test_a_paused_system_is_left_alone_until_it_is_resumed(house: House, tmp_path: Path) -> None:
    source = List(licence("k1"))
    with listed(house, tmp_path / "systems", source) as town:
        steps.pause(town, CODE, "an engineer", " the source is moved ")
        for how in (How(), SCHEDULED):
            with pytest.raises(Resting, match=r"paused by an engineer.*\(the source is moved\)"):
                sync(town, CODE, "r1", how=how)
        assert source.asked == 0
        assert (tile(town).state, tile(town).paused) == (
            "paused",
            "an engineer: the source is moved",
        )
        assert "paused by an engineer" in "\n".join(view.status_lines(view.status(town)))
        assert steps.resume(town, CODE) == "sc_food goes on"
        assert steps.resume(town, CODE) == "sc_food was not paused"
        sync(town, CODE, "r2")
        assert tile(town).state == "ok"


def test_the_task_of_a_system_that_rests_is_skipped_and_a_failed_one_is_not(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed(house, tmp_path / "systems", List(licence("k1"))) as town:
        monkeypatch.setattr(tasks, "open_house", lambda *_, **__: town)
        assert tasks.land(CODE, "scheduled__1")["stored"] == 1
        steps.pause(town, CODE, "an engineer", "moved")
        with pytest.raises(AirflowSkipException, match="is paused by an engineer"):
            tasks.land(CODE, "scheduled__2")
        steps.resume(town, CODE)
        town.secrets.put("SC_FOOD_URL", "ftp://nowhere")
        for n in (3, 4, 5):
            with pytest.raises(AirflowFailException, match="the address of sc_food"):
                tasks.land(CODE, f"scheduled__{n}")
        with pytest.raises(AirflowSkipException, match="failed 3 times in a row"):
            tasks.land(CODE, "scheduled__6")
        with pytest.raises(AirflowFailException, match="the address of sc_food"):
            tasks.land(CODE, "manual__7")


@pytest.mark.parametrize("why", ["", "  ", "x" * 201, "holder 36070219850307123X asked"])
def test_a_reason_is_a_reason_and_names_nobody(house: House, why: str) -> None:
    with pytest.raises(BadInput, match="a reason is 1 to 200 characters and holds no long number"):
        pauses.pause(house, CODE, "an engineer", why)


def test_every_run_has_one_record(house: House, tmp_path: Path) -> None:
    source = List(*(licence(f"k{n}", f"2026-11-20 0{n}:00:00") for n in range(7)))
    said: list[str] = []
    with listed(house, tmp_path / "systems", source) as town:
        sync(town, CODE, "r1", how=How(say=said.append))
        source.rows.append(licence("k9", "2026-11-21 00:00:00"))
        sync(town, CODE, "r2")
        with town.engine.connect() as conn:
            first, second = conn.execute(select(runs).order_by(runs.c.started)).all()
    assert first.streams[STREAM]["begin"] is None
    assert first.streams[STREAM]["end"] == '{"since": "2026-11-20 06:00:00"}'
    assert second.streams[STREAM]["begin"] == first.streams[STREAM]["end"]
    assert second.streams[STREAM]["end"] == '{"since": "2026-11-21 00:00:00"}'
    assert (second.streams[STREAM]["rows"], second.streams[STREAM]["stored"]) == (2, 1)
    assert said[0].startswith("sc_food licence: 8 rows in 1 batch, 7 stored, 0 unchanged")
