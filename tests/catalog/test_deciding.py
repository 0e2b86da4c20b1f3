"""Who decides an item, when: dated, never overlapping, taken back without loss."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg.errors import ExclusionViolation
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from catalog.deciding.bodies import Decision, bodies, record, withdraw
from catalog.deciding.source import follow_source
from catalog.tables import deciding
from catalog.unify import unify
from catalog.versions.bodies import deciding_body
from catalog.versions.publish import publish
from kernel.errors import BadInput
from kernel.house import House
from tests.catalog.rows import NOON, canonical, county, land

MARKET, BUREAU = "市市场监督管理局", "市行政审批局"
D1, D2, D3 = date(2026, 7, 1), date(2026, 9, 1), date(2027, 1, 1)
DOCUMENT = "赣市府字〔2026〕12号"


def start(house: House) -> None:
    """One item of the market office, one county that has it."""
    with house.engine.begin() as conn:
        land(conn, "item", [canonical("B01", "食品经营许可", department=MARKET)])
        land(conn, "item", [county("C01", "食品经营许可", "B01", division="360702")])
    unify(house, "r1")


def decision(**over: Any) -> Decision:
    """A transfer of B01 to the approval bureau from D1 on."""
    said: dict[str, Any] = {
        "item_id": "B01", "manner": "transferred", "department": BUREAU, "begins": D1,
        "document": DOCUMENT,
    }  # fmt: skip
    return Decision(**{**said, **over})


def keep(conn: Connection, **over: Any) -> int:
    """Record it."""
    return record(conn, decision(**over), "bureau", "相对集中行政许可权改革", NOON)


def periods(conn: Connection) -> list[tuple[Any, ...]]:
    """Live ones of the bureau."""
    return [
        (one.division, one.begins, one.ends, one.department)
        for one in bodies(conn, "B01")
        if one.origin == "bureau" and one.withdrawn_by is None
    ]


def test_a_later_decision_ends_the_open_one_and_gives_it_back_when_withdrawn(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        keep(conn)
        later = keep(conn, begins=D2, manner="kept", department=MARKET)
        assert periods(conn) == [("", D1, D2, BUREAU), ("", D2, None, MARKET)]
        withdraw(conn, later, "bureau", "文件已废止", NOON)
        assert periods(conn) == [("", D1, None, BUREAU)]
        with pytest.raises(BadInput, match="no decision"):
            withdraw(conn, later, "bureau", "再撤一次", NOON)


OVERLAPS = [(D1, None), (D1, D2), (date(2026, 6, 1), D3), (date(2026, 8, 1), D2)]


def test_a_period_that_overlaps_is_refused_and_changes_nothing(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        keep(conn, ends=D3)
        before = periods(conn)
        for begins, ends in OVERLAPS:
            with pytest.raises(BadInput, match="another period that overlaps"):
                keep(conn, begins=begins, ends=ends, department=MARKET, manner="kept")
        assert periods(conn) == before
        keep(conn, division="章贡区", begins=D1)  # another division's own


def test_the_database_itself_refuses_an_overlap(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        keep(conn, ends=D3)
    row = {
        "item_id": "B01", "division": "", "origin": "bureau", "begins": D2, "department": MARKET,
        "manner": "kept", "document": "x", "by": "x", "at": NOON, "why": "x",
    }  # fmt: skip
    with house.engine.begin() as conn, pytest.raises(IntegrityError) as caught:
        conn.execute(insert(deciding).values(row))
    assert isinstance(caught.value.orig, ExclusionViolation)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"item_id": "B99"}, "no canonical item B99"),
    ({"manner": "moved"}, "kept, delegated, passed_down, transferred, exempted"),
    ({"document": " "}, "its number and a reason are needed"),
    ({"division": "浦东新区"}, "no division 浦东新区"),
    ({"ends": D1}, "cannot end before"),
    ({"department": "市市监局"}, "no department 市市监局"),
    ({"department": None}, "needs the department"),
    ({"manner": "exempted"}, "no deciding department"),
    ({"manner": "delegated"}, "names the body in whose name"),
    ({"on_behalf_of": MARKET}, "names the body in whose name"),
]


def test_a_decision_that_cannot_be_is_refused(house: House) -> None:
    start(house)
    for over, says in BAD:
        with house.engine.begin() as conn, pytest.raises(BadInput, match=says):
            keep(conn, **over)


def test_what_the_item_system_names_counts_from_the_day_on_which_it_was_seen(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        assert follow_source(conn, D1, NOON) == 1
        assert follow_source(conn, D1, NOON) == 0
        conn.execute(text("UPDATE catalog.canonical_item SET department = :d"), {"d": BUREAU})
        follow_source(conn, D2, NOON)
        conn.execute(text("UPDATE catalog.canonical_item SET department = :d"), {"d": MARKET})
        follow_source(conn, D2, NOON)  # put right on the same day
        conn.execute(text("UPDATE catalog.canonical_item SET department = NULL"))
        follow_source(conn, D3, NOON)
        found = [(one.begins, one.ends, one.department) for one in bodies(conn, "B01")]
    assert found == [(date.min, D2, MARKET), (D2, D3, MARKET)]


def test_a_version_answers_for_item_division_and_day(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        keep(conn)
        keep(
            conn, division="360702", begins=D2, manner="delegated", department="章贡区行政审批局",
            on_behalf_of=BUREAU,
        )  # fmt: skip
    number = publish(house, "test")
    asked: list[tuple[str | None, date, str]] = [
        (None, date(2020, 1, 1), MARKET),
        (None, D1, BUREAU),
        ("章贡区", D1, BUREAU),
        ("360702", D2, "章贡区行政审批局"),
        ("信丰县", D2, BUREAU),
    ]
    with house.engine.begin() as conn:
        for division, day, department in asked:
            found = deciding_body(conn, number, "B01", division, day)
            assert found is not None
            assert found.department == department, (division, day)
        delegated = deciding_body(conn, number, "B01", "章贡区", D2)
        assert delegated is not None
        assert delegated.said == (
            "委托：章贡区行政审批局（受市行政审批局委托），依据赣市府字〔2026〕12号"
        )
        assert deciding_body(conn, number, "B99", None, D1) is None
