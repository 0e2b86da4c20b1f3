"""Where the name is not enough, the list of materials speaks: it decides, or it puts in doubt."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from catalog.judging.queue import Question, questions
from catalog.unify import unify
from kernel.house import House
from tests.catalog.judging.people import BUREAU, confirmed, holds, kept, say, start
from tests.catalog.rows import asks, canonical, county, land

WHOLE, APPLY, CARD = "360100184005", "360100184001", "361000036000"
ITEMS = [
    canonical(WHOLE, "危险废物经营许可"),
    canonical(APPLY, "危险废物经营许可申请"),
    canonical(CARD, "残疾人证办理"),
    county("W1", "危险废物经营许可（首次申请）", None, department="宁都县生态环境局"),
    county("N1", "中华人民共和国残疾人证办理", None, department="会昌县民政局"),
]
PAPERS = ("营业执照", "危险废物经营方案", "技术人员名册", "设施设备清单", "环境应急预案")
LISTS = [
    *(asks(WHOLE, name) for name in PAPERS),
    *(asks(APPLY, name) for name in ("营业执照", "贮存场地平面图", "管理制度", "运输合同")),
    *(asks("W1", f"{name}复印件") for name in PAPERS),
]
CARE = ("居民身份证", "残疾评定表", "近期照片")


def asked(house: House) -> dict[str, Question]:
    """The open questions by name."""
    with house.engine.begin() as conn:
        return {one.name: one for one in questions(conn, BUREAU, "item")}


def change(house: House, *rows: Any, gone: tuple[tuple[str, str], ...] = ()) -> None:
    """Lists change; no name is new."""
    ended = text(
        "UPDATE landing.material SET deleted_at = now() WHERE item_code = :c AND name = :n"
    )
    with house.engine.begin() as conn:
        if rows:
            land(conn, "material", rows)
        for code, name in gone:
            conn.execute(ended, {"c": code, "n": name})
    unify(house, "later")


def test_of_two_items_of_the_name_the_one_whose_list_it_is(house: House) -> None:
    start(house, ITEMS, LISTS)
    assert holds(house)["W1"] == ("same", WHOLE, "rule:lists")
    assert "危险废物经营许可（首次申请）" not in asked(house)
    with house.engine.connect() as conn:
        query = "SELECT why FROM catalog.judgement WHERE \"left\" = 'W1' AND undone_at IS NULL"
        why = conn.execute(text(query)).scalar_one()
    assert "2个事项与此名称相同" in why
    assert "要5种，5种相同" in why


@pytest.mark.parametrize(
    "lists",
    [
        [],  # nobody says what the county asks for
        [*LISTS[:9], *(asks("W1", name) for name in PAPERS[:2])],  # too short to tell
        [*LISTS[:5], *LISTS[9:], *(asks(APPLY, name) for name in PAPERS)],  # alike for both
        [*LISTS[:5], *LISTS[9:]],  # the other item has no list
        [*LISTS[:9], *(asks("W1", name) for name in ("甲说明", "乙说明", "丙说明"))],
    ],
)
def test_lists_that_do_not_tell_leave_the_question(house: House, lists: list[Any]) -> None:
    start(house, ITEMS, lists)
    assert "W1" not in holds(house)
    assert "危险废物经营许可（首次申请）" in asked(house)


def test_a_list_that_changes_opens_and_closes_the_question(house: House) -> None:
    start(house, ITEMS, LISTS)
    before = kept(house)
    gone = tuple(("W1", f"{name}复印件") for name in PAPERS[1:4])
    change(house, gone=gone)
    assert "危险废物经营许可（首次申请）" in asked(house)
    assert "W1" not in holds(house)
    change(house, *(asks("W1", f"{name}（复印件1份）") for name in PAPERS[1:4]))
    assert holds(house)["W1"] == ("same", WHOLE, "rule:lists")
    assert kept(house)[1] == before[1]


def test_a_persons_word_outranks_the_list(house: House) -> None:
    start(house, ITEMS, LISTS)
    say(house, BUREAU, "W1", "different", WHOLE)
    assert "W1" not in holds(house)
    assert [one["id"] for one in asked(house)["危险废物经营许可（首次申请）"].candidates] == [APPLY]
    confirmed(house, "W1", APPLY)
    unify(house, "again")
    assert holds(house)["W1"] == ("same", APPLY, "user:bureau")


def test_what_was_found_by_its_words_is_doubted_when_nothing_asked_is_alike(house: House) -> None:
    start(house, ITEMS, [asks(CARD, name) for name in CARE])
    assert holds(house)["N1"][:2] == ("same", CARD)
    change(house, *(asks("N1", name) for name in ("营业执照", "场地平面图", "设备清单")))
    assert "N1" not in holds(house)
    one = asked(house)["中华人民共和国残疾人证办理"]
    assert one.candidates[0]["id"] == CARD
    assert "没有一种相同" in one.why
    change(house, asks("N1", "居民身份证复印件"))
    assert holds(house)["N1"][:2] == ("same", CARD)


def test_the_same_name_is_not_doubted_whatever_it_asks_for(house: House) -> None:
    same = county("N2", "残疾人证办理", None, department="会昌县民政局")
    lists = [asks(CARD, name) for name in CARE]
    start(house, [*ITEMS, same], [*lists, *(asks("N2", one) for one in PAPERS)])
    assert holds(house)["N2"][:2] == ("same", CARD)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_does_not_matter(house: House, seed: int) -> None:
    """One material after the other, unified at some steps, ends as all at once."""
    start(house, ITEMS, [])
    for step, row in enumerate(Random(seed).sample(LISTS, len(LISTS))):
        with house.engine.begin() as conn:
            land(conn, "material", [row])
        if step % 5 == 0:
            unify(house, f"r{step}")
    unify(house, "last")
    assert holds(house)["W1"] == ("same", WHOLE, "rule:lists")
