"""What stands beside a candidate: materials that both ask for or one alone, and what both give."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from catalog.flow.deltas import Proposal, decide, propose
from catalog.judging.evidence import Evidence, evidence
from catalog.judging.queue import Whole, questions, whole
from catalog.unify import unify
from kernel.house import House
from registry.licence_types import load
from tests.catalog.judging.people import (
    BUREAU,
    FOOD,
    INTAKE,
    ITEMS,
    SAND,
    SECOND,
    answer,
    confirmed,
    say,
    start,
    take_back,
)
from tests.catalog.rows import NOON, asks, canonical, county, end, land

DAY = date(2026, 11, 2)
MATERIALS = [
    *(asks(code, "取水申请书（原件1份）") for code in ("W0", "W1", "W2")),
    *(asks(code, "营业执照复印件") for code in ("W0", "W1")),
    asks("W2", "营业执照、村委会意见"),
    asks("W0", "水用途说明"),
    asks(INTAKE, "取水申请书"),
    asks(INTAKE, "《营业执照》"),
    asks(INTAKE, "水资源论证报告"),
]


def beside(house: House, *ids: str, lefts: tuple[str, ...] = ("W0", "W1", "W2")) -> list[Evidence]:
    with house.engine.begin() as conn:
        return evidence(conn, lefts, ids, DAY)


def result(house: House, item: str, value: str, **over: Any) -> None:
    """What an item gives: proposed, and accepted by another person."""
    said = {"field": "results", "begins": date(2026, 1, 1), "basis": "条例第二十条", **over}
    with house.engine.begin() as conn:
        number = propose(conn, Proposal(item_id=item, value=value, **said), "one", "补", NOON)
        decide(conn, number, "accepted", "two", "同意", NOON, "赣市审改办发〔2026〕9号")


def test_materials_are_compared_by_what_they_are_not_as_they_are_written(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    [one] = beside(house, INTAKE)
    assert one.both == ("取水申请书", "营业执照")  # each asked for by all three rows
    assert one.only_here == ("村委会意见", "水用途说明")
    assert one.only_there == ("水资源论证报告",)
    assert (one.results_here, one.results_there) == ((), ())


def test_whose_a_candidate_is_and_its_main_item_stand_beside_it(house: House) -> None:
    start(house, [*ITEMS, canonical("360101004000", "排污许可", department="市生态环境局")])
    food, fouling = beside(house, FOOD, "360101004000")
    assert (food.department, food.parent) == ("", "食品经营许可")
    assert (fouling.department, fouling.parent) == ("市生态环境局", "")


def test_a_side_that_lists_nothing_is_empty_and_not_alike(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    food, sand = beside(house, FOOD, SAND)
    assert (food.id, food.both, len(food.only_here), food.only_there) == (FOOD, (), 4, ())
    assert sand.only_here == food.only_here
    [none] = beside(house, INTAKE, lefts=("X1",))
    assert (none.both, none.only_here, len(none.only_there)) == ((), (), 3)
    assert beside(house) == []


def test_an_item_without_a_list_asks_for_what_its_counties_ask(house: House) -> None:
    start(house, ITEMS, [asks("X1", "采砂方案"), asks("X2", "采砂方案"), asks("X2", "河道图")])
    confirmed(house, "X2", SAND)
    [one] = beside(house, SAND, lefts=("X1",))
    assert (one.both, one.only_there) == (("采砂方案",), ("河道图",))
    [itself] = beside(house, SAND, lefts=("X1", "X2"))  # a question's own row is no evidence
    assert (itself.both, itself.only_there) == ((), ())
    with house.engine.begin() as conn:
        land(conn, "material", [asks(SAND, "采砂方案")])
    assert beside(house, SAND, lefts=("X1",))[0].only_there == ()  # now it has its own list


def test_an_item_under_a_code_of_its_own_is_found_by_its_base_code(house: House) -> None:
    own = canonical("360101004000", "排污许可") | {"code": "3607PW"}
    start(house, [*ITEMS, own], [asks("3607PW", "排污方案"), asks("X1", "排污方案")])
    assert beside(house, "360101004000", lefts=("X1",))[0].both == ("排污方案",)


def test_what_is_deleted_or_held_back_is_not_asked_for(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    with house.engine.begin() as conn:
        conn.execute(
            text("UPDATE landing.material SET withheld = true WHERE name = '水资源论证报告'")
        )
        conn.execute(
            text("UPDATE landing.material SET deleted_at = now() WHERE name = '水用途说明'")
        )
    [one] = beside(house, INTAKE)
    assert (one.only_here, one.only_there) == (("村委会意见",), ())
    with house.engine.begin() as conn:
        end(conn, INTAKE)
    assert beside(house, INTAKE)[0].both == ()


def test_a_name_that_unify_has_not_seen_stands_as_it_is_written(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    with house.engine.begin() as conn:
        land(conn, "material", [asks(INTAKE, "新到的材料（复印件）")])
    assert "新到的材料（复印件）" in beside(house, INTAKE)[0].only_there


def test_results_are_known_by_the_licence_type_where_they_are_one(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    assert "中华人民共和国取水许可证" in load()["取水许可证"].also_called
    result(house, INTAKE, "中华人民共和国取水许可证；取水许可批复")
    assert beside(house, INTAKE)[0].results_there == ("取水许可证", "取水许可批复")
    assert beside(house, FOOD)[0].results_there == ()


def test_only_a_result_that_is_accepted_and_holds_today_counts(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    result(house, INTAKE, "旧证", begins=date(2025, 1, 1), ends=DAY)
    result(house, INTAKE, "新证", begins=date(2027, 1, 1))
    with house.engine.begin() as conn:
        said = Proposal(INTAKE, "results", "只是建议", date(2026, 1, 1), "条例")
        propose(conn, said, "one", "补", NOON)
    assert beside(house, INTAKE)[0].results_there == ()


def test_a_row_keeps_its_own_result_when_it_is_asked_again(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    made = say(house, BUREAU, "W0", "same", INTAKE, only=True)
    answer(house, SECOND, made.number)  # 营业执照 touches waivers
    result(house, INTAKE, "取水证明", division="赣县区", local_code="W0")
    take_back(house, BUREAU, made.number)
    [one] = beside(house, INTAKE)
    assert (one.results_here, one.results_there) == (("取水证明",), ())


def test_a_question_has_it_for_each_candidate_of_an_item_and_none_of_a_material(
    house: House,
) -> None:
    extra = [asks("X1", "外省食品生产许可证")]
    start(house, [*ITEMS, county("X9", "取水许可手续")], [*MATERIALS, *extra])
    unify(house, "again")
    seen: list[Whole] = []
    with house.engine.begin() as conn:
        for subject in ("item", "material"):
            seen += [whole(conn, subject, one.key, DAY) for one in questions(conn, None, subject)]
    assert {one.subject for one in seen} == {"item", "material"}
    compared = 0
    for one in seen:
        assert one.question is not None
        ids = [each["id"] for each in one.question.candidates] if one.subject == "item" else []
        assert [each.id for each in one.evidence] == ids
        compared += len(ids)
    assert compared
