"""Rights follow the day of the case: the body that decided on it, by the published catalogue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from catalog.versions.read import materials_of
from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.waivers import waive
from kernel.errors import Refused
from tests.certs.town import NOW, Town

MARKET, RELIEF = "市市场监督管理局", "市民政局"
TODAY = NOW.date()
EVER = date.min


def reason(city: Town, case: str) -> str | None:
    """Why the clerk may not plan a case; None where it is planned."""
    try:
        waive.plan(city.house, city.account(), case)
    except Refused as refused:
        return str(refused.facts["reason"])
    return None


def transferred(city: Town, day: date, **over: Any) -> None:
    """FOOD goes from the market office to the relief office on a day."""
    city.decides(MARKET, EVER, ends=day, manner="kept", **over)
    city.decides(RELIEF, day, **over)


@pytest.mark.parametrize(
    ("opened", "old", "new"),
    [
        (NOW - timedelta(days=1), None, "item_not_of_post"),  # before: stays with the old body
        (NOW, "item_not_of_post", None),  # on the day itself the new one decides
        (NOW + timedelta(days=9), "case_in_future", "case_in_future"),
        (None, "item_not_of_post", None),
    ],
)
def test_a_case_stays_with_the_body_of_its_day(
    city: Town, opened: Any, old: str | None, new: str | None
) -> None:
    transferred(city, TODAY)
    city.case("OLD", opened=opened)
    city.case("NEW", opened=opened, post="mz-02")
    assert (reason(city, "OLD"), reason(city, "NEW")) == (old, new)


def test_a_case_opened_at_night_counts_by_the_day_in_the_city(city: Town) -> None:
    transferred(city, TODAY)
    evening = NOW.replace(hour=17) - timedelta(days=1)  # 01:00 of the day in the city
    city.case("NIGHT", opened=evening, post="mz-02")
    assert reason(city, "NIGHT") is None


def test_a_divisions_own_decision_outranks_that_for_all(city: Town) -> None:
    city.decides(MARKET, EVER, manner="kept")
    city.decides(RELIEF, TODAY, division="章贡区", manner="passed_down")
    assert reason(city, "C1") is None
    city.place("FOOD-1", "360702")
    assert reason(city, "C1") == "item_not_of_post"
    city.place("FOOD-1", "360722")
    assert reason(city, "C1") is None


def test_the_bureau_outranks_the_item_system(city: Town) -> None:
    city.decides(RELIEF, EVER, origin="source", manner="kept", document=None)
    assert reason(city, "C1") == "item_not_of_post"
    city.decides(MARKET, TODAY)
    assert reason(city, "C1") is None


def test_an_exempted_item_has_no_case(city: Town) -> None:
    city.decides(MARKET, EVER, ends=TODAY, manner="kept")
    city.decides(None, TODAY)
    city.case("BEFORE", opened=NOW - timedelta(days=2))
    assert (reason(city, "C1"), reason(city, "BEFORE")) == ("item_exempted", None)
    assert [one["reason"] for one in city.events() if "reason" in one] == ["item_exempted"]


def test_a_waiver_says_under_which_version_it_was_decided(city: Town) -> None:
    """Also after a newer version no more asks for the material: the old one still says so."""
    city.material("M1", ["食品经营许可证"])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    first = waive.plan(city.house, city.account(), "C1")
    copy = fetch(city.house, city.account(), "C1", "M1", "办理变更")
    city.publish_again(2)
    second = waive.plan(city.house, city.account(), "C1")
    assert (first.catalogue_version, [one.material_id for one in first.lines]) == (1, ["M1"])
    assert (second.catalogue_version, second.lines) == (2, ())
    said = [(one["event"], one["catalogue_version"]) for one in city.events()[-3:]]
    assert said == [("plan.made", 1), ("look.granted", 1), ("plan.made", 2)]
    assert city.query("SELECT id, catalogue_version FROM certs.copy") == [(copy.id, 1)]
    with city.house.engine.connect() as conn:
        assert [one.material_id for one in materials_of(conn, 1, "FOOD")] == ["M1"]
