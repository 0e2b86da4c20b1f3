"""容缺 over the city: a source is switched off, a case goes on, the platform fetches later."""

from __future__ import annotations

from pathlib import Path

import pytest

from certs.waivers import messages
from certs.waivers.waive import PlanLine
from kernel.house import House
from pipeline import share
from pipeline.later import fetch_later
from tests.certs.town import NAMES, Town
from tests.pipeline.sources import of_city
from tests.running import RunningCity

CODE = "ga_population"
IDENTITY = "居民身份证"
pytestmark = pytest.mark.usefixtures("at_work")


def line(town: Town) -> PlanLine:
    (one,) = share.plan(town.house, town.account(), "C1").lines
    return one


def test_a_source_that_was_off_is_asked_again_and_the_clerk_is_told(
    house: House, city: RunningCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = of_city(house, city, tmp_path / "s", CODE)
    number = next(n for n in city.truth("/personal-numbers") if len(n) == 18)
    monkeypatch.setitem(NAMES, number, "某人")
    town = Town(made)
    town.open()
    town.house = made
    town.waive(IDENTITY)
    town.material("M1", [IDENTITY])
    town.case("C1", number, opened=made.clock())
    off = {"system": CODE, "how": "http500"}
    city.truth("/misbehave", {**off, "times": 1000})
    try:
        promised = line(town)
        assert (promised.verdict, promised.detail) == ("bring", "source_resting")
        assert promised.promised_until is not None
        assert "该系统暂未应答" in promised.why
        assert "已容缺受理，平台将自动补取" in promised.why
        still = fetch_later(made)
        assert (still.cases, still.fetched, still.open) == (1, 0, 1)
    finally:
        city.truth("/misbehave", {**off, "times": 0})
    done = fetch_later(made)
    assert (done.cases, done.fetched, done.open) == (1, 1, 0)
    with made.engine.connect() as conn:
        (told,) = messages.unread(conn, ("sc-02",))
    assert told.text == "办件 C1 容缺的“居民身份证”已由平台补取核验，无需申请人补交。"
    assert line(town).verdict == "waived"
    assert number not in str(town.events())
