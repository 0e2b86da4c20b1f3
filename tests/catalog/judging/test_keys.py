"""What makes rows one question, and what was said by another version's keys."""

from __future__ import annotations

import pytest
from sqlalchemy import text

import catalog.unify
from catalog.judging.keys import question_key, question_name
from catalog.judging.queue import Question, questions, whole
from catalog.unify import unify
from kernel.house import House
from tests.catalog.judging.people import BUREAU, INTAKE, ITEMS, WATER, holds, kept, say, start
from tests.catalog.rows import NOON, county

PLACES = ("上犹县", "南康区", "赣州经济技术开发区")
OWN = [
    county(f"O{n}", f"{place}红色讲解员预约", None, division=place, department=place + WATER)
    for n, place in enumerate(PLACES)
]


@pytest.mark.parametrize("place", [*PLACES, "赣州市", "蓉江新区", "龙南县"])
def test_a_places_own_name_before_the_items_makes_no_other_question(place: str) -> None:
    name = "脐橙种植保险保费补贴申报"
    assert question_key("item", place + name, WATER) == question_key("item", name, WATER)
    assert question_key("item", name + place, WATER) != question_key("item", name, WATER)
    assert question_name([place + name, name]) == question_name([place + name, "于都县" + name])
    assert question_name([place + name, name]) == name


@pytest.mark.parametrize(
    "name", ["赣州市民卡申领", "赣州市区出租车", "上犹县直单位用房", "赣县区证"]
)
def test_a_word_that_goes_on_is_no_place(name: str) -> None:
    without = name.removeprefix("赣州市").removeprefix("上犹县").removeprefix("赣县区")
    assert question_key("item", name, "") != question_key("item", without, "")


def test_a_materials_place_is_part_of_its_name() -> None:
    keys = {question_key("material", place + "居住证明", "") for place in ("", *PLACES)}
    assert len(keys) == 4
    assert question_name(["上犹县居住证明", "上犹县居住证明 "]) == "上犹县居住证明"


def test_counties_own_names_are_asked_once_and_settled_together(house: House) -> None:
    start(house, [*ITEMS, *OWN])
    with house.engine.connect() as conn:
        [one] = [one for one in questions(conn, BUREAU, "item") if "讲解员" in one.name]
        found = whole(conn, "item", one.key, NOON.date())
    assert (one.name, one.rows, one.counties) == ("红色讲解员预约", 3, 3)
    assert found.name == one.name
    assert {row.name for row in found.rows} == {row["name"] for row in OWN}
    assert say(house, BUREAU, "O1", "none").rows == 3
    assert "红色讲解员预约" not in {asked.name for asked in asked_of(house)}
    with house.engine.connect() as conn:
        said = conn.execute(text("SELECT name FROM catalog.statement")).scalars().all()
    assert said == ["红色讲解员预约"]


def test_one_row_of_them_alone_keeps_its_own_name(house: House) -> None:
    start(house, [*ITEMS, *OWN])
    assert say(house, BUREAU, "O1", "none", only=True).rows == 1
    [one] = [one for one in asked_of(house) if "讲解员" in one.name]
    assert (one.rows, one.name) == (2, "红色讲解员预约")


def test_what_was_said_by_other_keys_holds_under_these(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version whose keys were made otherwise, and the next one over its tables."""
    start(house, [*ITEMS, *OWN])
    say(house, BUREAU, "W1", "same", INTAKE)
    say(house, BUREAU, "O1", "none")
    say(house, BUREAU, "R1", "different", INTAKE, only=True)
    now = kept(house), holds(house)
    with house.engine.begin() as conn:
        conn.execute(text("UPDATE catalog.statement SET key = md5(key)"))
        conn.execute(text("UPDATE catalog.local SET key = md5(key)"))
        conn.execute(text("UPDATE catalog.judgement SET key = md5(key)"))
        conn.execute(text("UPDATE catalog.review SET key = md5(key)"))
    monkeypatch.setattr(catalog.unify, "code_digest", lambda: "the next version")
    unify(house, "next")
    assert (kept(house), holds(house)) == now


def asked_of(house: House) -> list[Question]:
    with house.engine.connect() as conn:
        return questions(conn, BUREAU, "item")
