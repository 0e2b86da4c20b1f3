"""Which cases an outage reached: those opened in it that ask for what the system gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from certs.tables import promise
from landing.tables import run as run_table
from pipeline.ops.letters import letter
from pipeline.ops.paper_rows import Affected
from tests.certs.town import NOW, Town


def out_of_order(town: Town, hours: int) -> None:
    """sc_food failed so many hours ago, and read well an hour ago."""
    for name, ago, state in (("r1", hours, "failed"), ("r2", 1, "done")):
        at = NOW - timedelta(hours=ago)
        row = {"id": name, "system": "sc_food", "full": False, "state": state, "error": "away"}
        with town.house.engine.begin() as conn:
            conn.execute(insert(run_table).values(**row, started=at, ended=at))


def opened(town: Town, number: str, hours: float, **over: Any) -> None:
    """A case that was opened so many hours ago."""
    town.case(number, opened=NOW - timedelta(hours=hours), **over)


def affected(town: Town) -> Affected:
    """What the letter says of it."""
    return letter(town.house, "sc_food", None, None).affected


def test_cases_count_that_were_opened_in_the_outage_and_ask_for_its_licences(city: Town) -> None:
    city.material("m1", ["食品经营许可证"])
    out_of_order(city, 5)
    opened(city, "C1", 6)  # before
    opened(city, "C2", 4)
    opened(city, "C3", 2)
    opened(city, "C4", 0.5)  # after
    opened(city, "C5", 3, item_code="OTHER")  # asks for nothing of it
    assert affected(city) == Affected(2, (("食品经营许可（变更）", 2),), 0)


def test_papers_put_off_in_the_outage_are_counted(city: Town) -> None:
    city.material("m1", ["食品经营许可证"])
    city.material("m2", [])
    line = {"asks": True, "name": "证", "licence_types": ["食品经营许可证"]}
    city.deviates("material:m3", line)
    city.deviates("material:m4", {"asks": False, "name": "证"})
    out_of_order(city, 5)
    opened(city, "C1", 4)
    for material, ago in (("m1", 4), ("m2", 4), ("m1", 9), ("m3", 3), ("m4", 3)):
        row = {
            "case_number": f"C{ago}", "item_id": "FOOD", "material_id": material, "material": "证",
            "post": "sc-02", "reason": "stale", "made_by": "clerk",
            "made_at": NOW - timedelta(hours=ago), "until": NOW.date(),
        }  # fmt: skip
        with city.house.engine.begin() as conn:
            conn.execute(insert(promise).values(row))
    assert affected(city).promised == 2  # m1, and m3 that a county asks for


def test_an_item_that_only_keeps_the_paper_is_not_reached(city: Town) -> None:
    city.material("m1", ["食品经营许可证"], purpose="surrender")
    out_of_order(city, 5)
    opened(city, "C1", 4)
    assert affected(city) == Affected(0, (), 0)


def test_without_an_outage_no_case_is_reached(city: Town) -> None:
    city.material("m1", ["食品经营许可证"])
    opened(city, "C1", 4)
    found = letter(city.house, "sc_food", None, None)
    assert (found.outages, found.hours, found.affected) == ((), 0.0, Affected(0, (), 0))
    assert "食品经营许可证" in found.types
