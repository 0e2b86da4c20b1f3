"""Where the name is not enough and lists are silent, the licences that both sides give speak."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from catalog.judging import results
from catalog.judging.evidence import evidence
from catalog.unify import unify
from kernel.house import House
from tests.catalog.judging.people import holds, kept, start
from tests.catalog.judging.test_lists import APPLY, CARD, CARE, WHOLE, asked
from tests.catalog.rows import asks, canonical, county

Row = dict[str, Any]


def giving(row: Row, results: str | None) -> Row:
    """A row with what it gives."""
    return {**row, "results": results}


CARDS = [
    giving(canonical(CARD, "残疾人证办理"), None),
    giving(county("N1", "中华人民共和国残疾人证办理", None, department="会昌县民政局"), None),
]
NAME, DAY = "危险废物经营许可（首次申请）", date(2026, 11, 2)


def items(whole: str | None, apply: str | None, here: str | None) -> list[Row]:
    """Two items of one name and a county's row, with what each gives."""
    return [
        giving(canonical(WHOLE, "危险废物经营许可"), whole),
        giving(canonical(APPLY, "危险废物经营许可申请"), apply),
        giving(county("W1", NAME, None, department="宁都县生态环境局"), here),
        *CARDS,
    ]


def card(house: House, here: str, there: str) -> None:
    """What the card's item and the county's row, found by its words, give."""
    with house.engine.begin() as conn:
        for code, said in (("N1", here), (CARD, there)):
            query = text("UPDATE landing.item SET results = :r WHERE code = :c")
            conn.execute(query, {"r": said, "c": code})
    unify(house, "later")


def test_of_two_items_of_the_name_the_one_that_gives_the_rows_licence(house: House) -> None:
    rows = items("《危险废物经营许可证》", "危险废物收集证", "1.危险废物经营许可证；批复")
    start(house, rows, [])
    assert holds(house)["W1"][:2] == ("same", WHOLE)
    with house.engine.connect() as conn:
        query = "SELECT why FROM catalog.judgement WHERE \"left\" = 'W1' AND undone_at IS NULL"
        assert "办成后发“危险废物经营许可证”" in conn.execute(text(query)).scalar_one()
        (one,) = evidence(conn, ["W1"], [APPLY], DAY)
    assert one.results_here == ("危险废物经营许可证", "批复")
    assert one.results_there == ("危险废物收集证",)


@pytest.mark.parametrize("said", [
    ("危险废物经营许可证", "危险废物收集证", None),  # nobody says what the county gives
    ("危险废物经营许可证", None, "危险废物经营许可证"),  # nor what the other item gives
    ("危险废物经营许可证", "危险废物经营许可证", "危险废物经营许可证"),  # both give it
    ("准予行政许可决定书", "批复", "准予行政许可决定书"),  # any item may end so
    ("危险废物经营许可证", "危险废物收集证", "排污许可证"),  # neither gives it
])  # fmt: skip
def test_what_tells_nothing_leaves_the_question(
    house: House, said: tuple[str | None, str | None, str | None]
) -> None:
    start(house, items(*said), [])
    assert "W1" not in holds(house)
    assert NAME in asked(house)


def test_what_was_found_by_its_words_is_doubted_when_it_gives_another_licence(
    house: House,
) -> None:
    start(house, items(None, None, None), [asks(CARD, name) for name in CARE])
    before = kept(house)
    card(house, "《残疾军人证》", "残疾人证")
    assert "N1" not in holds(house)
    assert "发的证照却不同" in asked(house)["中华人民共和国残疾人证办理"].why
    card(house, "残疾人证；告知书", "残疾人证")
    assert holds(house)["N1"][:2] == ("same", CARD)
    assert kept(house)[1] == before[1]


def test_a_result_is_named_as_its_licence_type_is() -> None:
    assert results.licences(["食品经营许可证", "批复", "变更后的证件", "营业执照"]) == {
        "食品经营许可证",
        "营业执照",
    }
    assert results.named("没有这种证") == "没有这种证"
