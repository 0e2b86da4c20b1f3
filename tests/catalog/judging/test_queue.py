"""The questions: one for all rows of a name, those first that settle most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from catalog.judging.queue import Question, questions, whole
from catalog.unify import unify
from catalog.versions.publish import publish
from kernel.errors import BadInput
from kernel.house import House
from landing.tables import case
from registry.accounts import Account
from tests.catalog.judging.people import (
    APPROVAL,
    BUREAU,
    ITEMS,
    MATERIALS,
    OFFICER,
    SAND,
    SECOND,
    say,
    start,
    take_back,
)
from tests.catalog.rows import NOON, asks, county, land

DAY = NOON.date()


def asked(house: House, account: Account | None = BUREAU, **more: Any) -> list[Question]:
    with house.engine.begin() as conn:
        return questions(conn, account, more.pop("subject", "item"), **more)


def open_case(house: House, item: str, state: str = "accepted") -> None:
    with house.engine.begin() as conn:
        conn.execute(
            insert(case),
            [
                {
                    "system": "one_window", "stream": "case", "key_hash": item, "row_hash": item,
                    "batch": "b", "run": "r", "landed_at": NOON, "case_number": f"N{item}",
                    "item_code": item, "applicant_kind": "person", "holder_hash": "h",
                    "state": state, "opened": NOON - timedelta(days=1),
                }
            ],
        )  # fmt: skip


def test_a_name_that_many_counties_use_is_asked_once_and_first(house: House) -> None:
    start(house)
    found = asked(house)
    assert [(one.name, one.rows, one.counties) for one in found][:2] == [
        ("用水手续", 3, 3),
        ("食品店开业手续", 3, 3),
    ]
    assert len({one.key for one in found}) == len(found) == 4


def test_what_has_an_open_case_touches_waivers_or_is_published_comes_first(house: House) -> None:
    start(house)
    open_case(house, "X1")
    open_case(house, "F1", "granted")  # decided: it waits for nothing
    assert [(one.name, one.urgent, one.cases) for one in asked(house)][:2] == [
        ("挖沙手续", ("cases",), 1),
        ("用水手续", (), 0),
    ]
    with house.engine.begin() as conn:
        land(conn, "material", [asks("X2", "居民身份证")])
    unify(house, "later")
    assert {one.name for one in asked(house)[:2]} == {"挖沙手续", "挖沙手续（县级）"}
    assert asked(house)[1].urgent == ("waives",)


def test_a_question_asked_for_alone_is_as_it_is_among_the_others(house: House) -> None:
    extra = [asks(code, "外省食品生产许可证") for code in ("X1", "X2", "R1")]
    start(house, ITEMS, [*MATERIALS, *extra])
    open_case(house, "X1")
    for subject in ("item", "material"):
        found = asked(house, None, subject=subject)
        assert found
        with house.engine.connect() as conn:
            assert [whole(conn, subject, one.key, DAY).question for one in found] == found


def test_a_published_row_that_is_asked_again_comes_first(house: House) -> None:
    start(house)
    publish(house, "test")
    assert all("held" not in one.urgent for one in asked(house))
    made = say(house, BUREAU, "R1", "different", "360101002000")
    assert made.state == "in_force"
    [held] = [one for one in asked(house)[:2] if one.urgent == ("held",)]
    assert held.name == "取水许可证核发"


def test_unsure_puts_it_aside_and_to_another_person(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "unsure")
    assert "用水手续" not in [one.name for one in asked(house)]
    others = asked(house, SECOND)
    assert (others[-1].name, others[-1].unsure) == ("用水手续", ("bureau",))
    say(house, SECOND, "W1", "same", "360101002000")
    assert "用水手续" not in [one.name for one in asked(house, SECOND)]


def test_what_waits_for_a_decision_is_not_asked_again(house: House) -> None:
    start(house)
    made = say(house, OFFICER, "F1", "none")
    assert "食品店开业手续" not in [one.name for one in asked(house)]
    everything = {one.name: one.waits for one in asked(house, None)}
    assert everything["食品店开业手续"] == made.number


def test_an_officer_is_asked_about_the_own_office_only(house: House) -> None:
    start(house)
    assert [one.name for one in asked(house, OFFICER)] == ["食品店开业手续"]
    assert len(asked(house, APPROVAL)) == 4


def test_pages_of_questions_hold_each_once(house: House) -> None:
    start(house)
    pages = [asked(house, limit=3), asked(house, limit=3, offset=3)]
    assert [len(page) for page in pages] == [3, 1]
    assert [one for page in pages for one in page] == asked(house)


def test_a_question_shows_the_rows_that_it_settles_and_what_was_said(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "unsure")
    with house.engine.begin() as conn:
        by_code, by_key = whole(conn, "item", "W1", DAY), None
        by_key = whole(conn, "item", by_code.key, DAY)
    assert by_code == by_key
    assert by_code.question is not None
    assert sorted(row.code for row in by_code.rows) == ["W0", "W1", "W2"]
    assert {row.division for row in by_code.rows} == {"赣县区", "于都县", "兴国县"}
    assert [one.relation for one in by_code.said] == ["unsure"]


def test_a_materials_question_counts_the_items_that_ask_for_it(house: House) -> None:
    extra = [asks(code, "外省食品生产许可证") for code in ("X1", "X2", "R1")]
    start(house, ITEMS, [*MATERIALS, *extra])
    [one] = [q for q in asked(house, subject="material") if q.name == "外省食品生产许可证"]
    assert (one.rows, one.urgent) == (3, ("waives",))
    open_case(house, "X1")
    [one] = [q for q in asked(house, subject="material") if q.name == "外省食品生产许可证"]
    assert one.cases == 1


def test_a_question_that_is_not_there_is_named(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        with pytest.raises(BadInput, match="there is no item Z9"):
            whole(conn, "item", "Z9", DAY)
        with pytest.raises(BadInput, match="about an item or a material, not about flow"):
            questions(conn, BUREAU, "flow")


def test_a_new_row_of_an_asked_name_joins_its_question(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        land(conn, "item", [county("W9", "用水手续", None, department="会昌县水利局")])
    unify(house, "later")
    assert next(one.rows for one in asked(house) if one.name == "用水手续") == 4


def test_what_was_said_of_the_same_name_elsewhere_stands_beside_the_question(house: House) -> None:
    start(house)
    say(house, BUREAU, "X1", "same", SAND)
    with house.engine.connect() as conn:
        [one] = whole(conn, "item", "X2", DAY).alike
        assert (one.name, one.relation, one.rights) == ("挖沙手续", "same", (SAND,))
        assert whole(conn, "item", "X1", DAY).alike == []  # its own words stand in its history
        assert whole(conn, "item", "W1", DAY).alike == []
    take_back(house, BUREAU, one.id)
    with house.engine.connect() as conn:
        assert whole(conn, "item", "X2", DAY).alike == []
