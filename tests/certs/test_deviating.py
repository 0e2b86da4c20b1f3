"""A county's own word on a material is in the plan, and in the right, of that county's cases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from catalog.versions.asked import added_anywhere
from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.rights.use_moves import request_all
from certs.waivers.waive import plan
from kernel.errors import Refused
from pipeline.looked import MATERIALS
from tests.certs.town import NOW, Town

TYPE = "食品经营许可证"
TODAY = NOW.date()
NOT_HERE = {"asks": False, "name": TYPE}


def asked(**over: Any) -> dict[str, Any]:
    """A material as a version holds it that a place asks for."""
    line = {
        "name": TYPE, "kind": "licence", "role": "applicant", "need": True, "purpose": "prove",
        "situation": "", "source_type": None, "grade": "A", "licence_types": [TYPE],
    }  # fmt: skip
    return {"asks": True, **line, **over}


@pytest.fixture
def county(city: Town) -> Town:
    """FOOD-1 is 章贡区's implementation; the applicant's licence is there."""
    city.place("FOOD-1", "360702")
    city.approve("FOOD", TYPE)
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def lines(city: Town, case: str = "C1") -> list[tuple[str, str]]:
    """The plan's materials and verdicts."""
    made = plan(city.house, city.account(), case)
    return [(one.material_id, one.verdict) for one in made.lines]


def test_what_a_county_adds_is_planned_waived_and_fetched_there(county: Town) -> None:
    with pytest.raises(Refused):
        fetch(county.house, county.account(), "C1", "M-more", "办理变更")
    county.deviates("material:M-more", asked())
    assert lines(county) == [("M-more", "waived")]
    assert fetch(county.house, county.account(), "C1", "M-more", "办理变更").id
    county.place("FOOD-1", "360722")  # another county
    assert lines(county) == []
    with pytest.raises(Refused):
        fetch(county.house, county.account(), "C1", "M-more", "办理变更")


def test_what_a_county_leaves_out_is_neither_planned_nor_looked_at(county: Town) -> None:
    """No right to look at what is not asked for."""
    county.material("M1", [TYPE])
    assert lines(county) == [("M1", "waived")]
    county.deviates("material:M1", NOT_HERE)
    assert lines(county) == []
    with pytest.raises(Refused):
        fetch(county.house, county.account(), "C1", "M1", "办理变更")


def test_the_list_is_that_of_the_day_on_which_the_case_was_opened(county: Town) -> None:
    county.material("M1", [TYPE])
    county.deviates("material:M1", NOT_HERE, begins=TODAY)
    county.case("OLD", opened=NOW - timedelta(days=1))
    county.case("NIGHT", opened=NOW.replace(hour=17) - timedelta(days=1))  # today in the city
    assert (lines(county, "OLD"), lines(county), lines(county, "NIGHT")) == (
        [("M1", "waived")], [], [],
    )  # fmt: skip
    county.deviates("material:M1", NOT_HERE, begins=TODAY, ends=TODAY + timedelta(days=1))
    county.at(NOW + timedelta(days=3))
    county.case("LATER", opened=NOW + timedelta(days=1))
    assert (lines(county), lines(county, "LATER")) == ([], [("M1", "bring")])


def test_asked_otherwise_outranks_the_items_own_line(county: Town) -> None:
    """To compare with the original cannot be waived, whatever the item's own list says."""
    county.material("M1", [TYPE])
    county.deviates("material:M1", asked(purpose="compare"))
    assert lines(county) == [("M1", "bring")]
    county.deviates("material:M1", asked(need=False), local_code="FOOD-1")
    assert lines(county) == [("M1", "waived")]


def test_the_use_of_what_a_county_adds_is_asked_of_the_issuing_department(county: Town) -> None:
    county.deviates("material:M-id", asked(name="居民身份证", licence_types=["居民身份证"]))
    county.deviates("material:M2", NOT_HERE)
    with county.house.engine.begin() as conn:
        assert [one.material_id for one in added_anywhere(conn, 1)] == ["M-id"]
        new = request_all(conn, 1, NOW)
    assert [(one.item_id, one.licence_type) for one in new] == [("FOOD", "居民身份证")]


def test_who_looked_is_told_by_the_materials_name(county: Town) -> None:
    county.deviates(
        "material:M-more", asked(name="食品经营许可证（原件）"), begins=date(2026, 1, 1)
    )
    fetch(county.house, county.account(), "C1", "M-more", "办理变更")
    (look,) = county.query("SELECT catalogue_version, item_id, material_id FROM certs.copy")
    given = dict(zip(("versions", "items", "materials"), ([one] for one in look), strict=True))
    with county.house.engine.connect() as conn:
        names = [row.name for row in conn.execute(MATERIALS, given)]
    assert names == ["食品经营许可证（原件）"]
