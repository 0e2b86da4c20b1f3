"""Look-ups: asked within hours and our own quota, and only where a plan can wait for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from certs.waivers.waive import ToAsk
from kernel.clock import CITY_TIME
from kernel.errors import Resting, RetryLater, Stop
from kernel.house import House
from landing import calls, pauses
from ledger import log
from pipeline import view
from pipeline.lookups import Answers, ask_all
from pipeline.sync import sync, system_of
from tests.certs.town import Town
from tests.pipeline.sources import Hands, at, of_city
from tests.running import RunningCity

CODE, HOURED = "mz_marriage", "ga_exit_entry"
pytestmark = pytest.mark.usefixtures("at_work")


def town_of(
    house: House, city: RunningCity, folder: Path, code: str, *puts: tuple[str, str]
) -> House:
    """A town with one open case and one of the city's look-ups."""
    made = of_city(house, city, folder, code, *puts)
    Town(made).case("C1")
    return made


def ask(house: House, code: str) -> Answers:
    (stream,) = system_of(house, code).streams
    return ask_all(house, [ToAsk(code, stream, ("结婚证",))], "C1", "核验", "clerk")


def asked(house: House) -> int:
    with house.engine.connect() as conn:
        like = "SELECT count(*) FROM ledger.entry WHERE body LIKE :event"
        return int(conn.scalar(text(like), {"event": "%lookup.asked%"}) or 0)


def counted(house: House, code: str) -> int:
    with house.engine.connect() as conn:
        return calls.used(conn, system_of(house, code), house.clock())


def test_our_own_count_keeps_the_quota_and_the_plan_goes_on(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    before = city.truth("/lookups")[CODE]
    town = town_of(house, city, tmp_path / "s", CODE, ("calls: 2000", "calls: 2"))
    for _ in range(2):
        answers = ask(town, CODE)
        assert (len(answers.found), answers.resting) == (1, {})
    answers = ask(town, CODE)
    assert (answers.found, answers.resting) == ([], {CODE: "额度已用完（每日 2 次）"})
    assert (asked(town), counted(town, CODE)) == (2, 2)
    assert city.truth("/lookups")[CODE] - before == 2


def test_a_question_that_is_not_logged_is_not_counted(
    house: House, city: RunningCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_of(house, city, tmp_path / "s", CODE)

    def full(*_: object) -> None:
        raise Stop("the ledger takes no entries")

    monkeypatch.setattr(log, "append", full)
    with pytest.raises(Stop):
        ask(town, CODE)
    assert (asked(town), counted(town, CODE)) == (0, 0)


def test_outside_hours_in_maintenance_and_when_paused_it_is_not_asked(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    window = ("transport:\n", 'maintenance: ["Mon 12:00-13:00"]\ntransport:\n')
    town = town_of(house, city, tmp_path / "s", HOURED, window)
    said = {
        "2026-11-23 17:00": "服务时间为 09:00-17:00",
        "2026-11-23 12:30": "该系统维护中，预计 11-23 13:00 恢复",
    }
    for now, why in said.items():
        assert ask(replace(town, clock=Hands(at(now))), HOURED).resting == {HOURED: why}
    pauses.pause(town, HOURED, "an engineer", "moved")
    assert ask(town, HOURED).resting == {HOURED: "该系统的接入已由运维人员暂停"}
    assert (asked(town), counted(town, HOURED)) == (0, 0)


def test_a_probe_is_not_counted_and_answers_at_any_hour(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    hour = house.clock().astimezone(CITY_TIME).hour
    later = f"{(hour + 2) % 24:02}:00-{(hour + 3) % 24:02}:00"
    town = town_of(house, city, tmp_path / "s", HOURED, ("09:00-17:00", later))
    assert (sync(town, HOURED, "r1").answered, counted(town, HOURED)) == (1, 0)
    (tile,) = view.tiles(town)
    (stream,) = view.page(town, HOURED).streams
    assert (tile.state, stream.probes, stream.answered) == ("resting", 1, 1)
    assert stream.milliseconds is not None
    town.secrets.put("GA_EXIT_ENTRY_URL", "http://127.0.0.1:9/nobody")
    with pytest.raises(Resting, match=f"does not answer outside its hours {later}"):
        sync(town, HOURED, "r2")
    (stream,) = view.page(town, HOURED).streams
    assert (stream.probes, stream.answered) == (2, 1)


def test_a_probe_within_hours_that_fails_is_failing(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    town = town_of(house, city, tmp_path / "s", CODE)
    town.secrets.put("MZ_MARRIAGE_URL", "http://127.0.0.1:9/nobody")
    with pytest.raises(RetryLater, match="mz_marriage cannot be reached"):
        sync(town, CODE, "r1")
    assert [tile.state for tile in view.tiles(town)] == ["failing"]
