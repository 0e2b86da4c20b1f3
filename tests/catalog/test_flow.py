"""A county's deviation: proposed, reviewed, dated, and never lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg.errors import CheckViolation, ExclusionViolation
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from catalog.flow.deltas import Proposal, decide, deltas, propose
from catalog.flow.fields import field_of, shown
from catalog.tables import flow_delta
from catalog.versions.flows import effective_flow
from catalog.versions.publish import publish
from kernel.errors import BadInput, Conflicts, Refused
from kernel.house import House
from tests.catalog import town
from tests.catalog.judging import people
from tests.catalog.rows import NOON
from tests.catalog.town import DAY, FOOD, WATER, XINFENG


def values(house: House, division: str | None, day: date = DAY) -> dict[str, Any]:
    """The newest version's flow of FOOD."""
    number = publish(house, "test")
    with house.engine.begin() as conn:
        return {one.field: one.value for one in effective_flow(conn, number, FOOD, division, day)}


def proposal(**over: Any) -> Proposal:
    """信丰县 promises five days."""
    said: dict[str, Any] = {
        "item_id": FOOD, "field": "promise_days", "value": "5", "begins": date(2026, 1, 1),
        "basis": "条例第二十条", "division": "信丰县",
    }  # fmt: skip
    return Proposal(**{**said, **over})


def test_only_what_the_bureau_accepted_counts_and_only_there_and_then(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        number = propose(conn, proposal(ends=date(2027, 1, 1)), "officer", "提速", NOON)
    assert "promise_days" not in values(house, "信丰县")
    with house.engine.begin() as conn:
        decide(conn, number, "accepted", "bureau", "同意", NOON, "赣市审改办发〔2026〕9号")
    assert values(house, "360722")["promise_days"] == 5
    assert "promise_days" not in values(house, "章贡区")
    assert "promise_days" not in values(house, "信丰县", date(2027, 1, 1))
    assert values(house, "信丰县")["limit_days"] == 20


def test_each_value_says_where_it_comes_from(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
        town.accepted(conn, division=None, field="steps", value="受理；审查：5；决定；送达")
    number = publish(house, "test")
    with house.engine.begin() as conn:
        said = {
            one.field: (one.said, shown(one.field, one.value))
            for one in effective_flow(conn, number, FOOD, "信丰县", DAY)
        }
    assert said["limit_days"] == (f"基本目录（{FOOD}）", "20个工作日")
    assert said["promise_days"][0].startswith("信丰县差异第1号，赣市审改办发〔2026〕9号，依据")
    assert said["steps"][1] == "受理→审查（5个工作日）→决定→送达"
    assert said["steps"][0].startswith("全市差异第2号")


def test_who_proposes_does_not_decide(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        number = propose(conn, proposal(), "one", "提速", NOON)
        with pytest.raises(Refused, match="另一人"):
            decide(conn, number, "accepted", "one", "同意", NOON, "文号")
        with pytest.raises(BadInput, match="document number"):
            decide(conn, number, "accepted", "two", "同意", NOON)
        decide(conn, number, "refused", "two", "没有依据", NOON)
        with pytest.raises(BadInput, match="is refused: only proposed"):
            decide(conn, number, "accepted", "two", "同意", NOON, "文号")
        kept = deltas(conn)[0]
    assert (kept.state, kept.decided_by, kept.decided_why) == ("refused", "two", "没有依据")


def test_a_later_deviation_ends_the_one_before_and_gives_it_back(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
        later = town.accepted(conn, value="3", begins=date(2026, 10, 1))
        assert [one.ends for one in deltas(conn)] == [date(2026, 10, 1), None]
        with pytest.raises(BadInput, match="another period that overlaps"):
            town.accepted(conn, value="4", begins=date(2026, 10, 1))
    assert values(house, "信丰县")["promise_days"] == 3
    with house.engine.begin() as conn:
        decide(conn, later, "withdrawn", "bureau", "撤回", NOON)
        assert deltas(conn)[0].ends is None
    assert values(house, "信丰县")["promise_days"] == 5


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"begins": date(2026, 5, 1), "decided_by": "two"}, ExclusionViolation),
        ({"begins": date(2020, 1, 1), "ends": date(2021, 1, 1), "decided_by": "x"}, CheckViolation),
    ],
)
def test_the_database_itself_keeps_the_rules(
    house: House, over: dict[str, Any], error: type[Exception]
) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
    row = {
        "item_id": FOOD, "division": "信丰县", "local_code": XINFENG, "field": "promise_days",
        "value": 1, "basis": "x", "document": "x", "why": "x", "proposed_by": "x",
        "proposed_at": NOON, "state": "accepted", **over,
    }  # fmt: skip
    with house.engine.begin() as conn, pytest.raises(IntegrityError) as caught:
        conn.execute(insert(flow_delta).values(row))
    assert isinstance(caught.value.orig, error)


def test_a_deviation_goes_with_its_implementation_and_outlives_every_run(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        number = town.accepted(conn)
        conn.execute(text("DELETE FROM catalog.unified"))
    town.again(house)
    assert values(house, "信丰县")["promise_days"] == 5
    people.confirmed(house, XINFENG, WATER)
    version = town.again(house)
    with house.engine.begin() as conn:
        moved = {
            one.field: one.value for one in effective_flow(conn, version, WATER, "信丰县", DAY)
        }
        kept = next(one for one in deltas(conn) if one.id == number)
    assert moved["promise_days"] == 5
    assert (kept.item_id, kept.named_id, kept.live) == (WATER, FOOD, True)
    assert "promise_days" not in values(house, "信丰县")


def test_a_deviation_of_an_item_that_is_gone_waits(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn, division="大余县")
        town.change(house, "UPDATE landing.item SET deleted_at = now() WHERE code = :c", c=FOOD)
    town.again(house)
    with house.engine.begin() as conn:
        assert [(one.state, one.live) for one in deltas(conn)] == [("accepted", False)]
    town.change(house, "UPDATE landing.item SET deleted_at = NULL")
    town.again(house)
    assert values(house, "大余县")["promise_days"] == 5


BAD: list[tuple[dict[str, Any], str]] = [
    ({"item_id": "X"}, "no canonical item X"),
    ({"field": "colour"}, "allowed are limit_days, promise_days"),
    ({"value": "-1"}, "working days from 0"),
    ({"value": "五"}, "working days from 0"),
    ({"field": "fee", "value": "是"}, "true or false"),
    ({"field": "steps", "value": "；"}, "at least one step"),
    ({"field": "steps", "value": "受理：两天"}, "working days"),
    ({"field": "steps", "value": "[1"}, "is not JSON"),
    ({"field": "steps", "value": [{"name": "受理", "who": "x"}]}, "name and days, not who"),
    ({"basis": " "}, "legal basis"),
    ({"division": "上海"}, "no division 上海"),
    ({"ends": date(2025, 1, 1)}, "cannot end before"),
    ({"local_code": "NK-0001"}, "no implementation of"),
]


def test_a_proposal_that_cannot_be_is_refused(house: House) -> None:
    town.start(house)
    for over, says in BAD:
        with house.engine.begin() as conn, pytest.raises(BadInput, match=says):
            propose(conn, proposal(**over), "officer", "提速", NOON)


def test_the_same_proposal_waits_once(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        propose(conn, proposal(), "officer", "提速", NOON)
        with pytest.raises(Conflicts, match="deviation 1 says the same"):
            propose(conn, proposal(), "officer", "提速", NOON)


def test_values_are_read_once_and_for_all() -> None:
    for code, typed in (
        ("steps", "受理；审查：5"), ("results", "食品经营许可证；批复"), ("fee", "true"),
        ("limit_days", "20"), ("fee_standard", " 每证 10 元 "),
    ):  # fmt: skip
        field = field_of(code)
        value = field.read(code, typed)
        assert field.read(code, value) == value
