"""A run judges only what is new; a change of the canonical side everything."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import text

from catalog import unify as unifying
from catalog.base_codes import Standing, standings
from catalog.items.match import Canonical, Index, Local, Verdict
from catalog.items.weigh import judge_all
from catalog.unify import unify
from kernel.house import House
from tests.catalog.judging.people import BUREAU, say
from tests.catalog.judging.test_laws import BASE, LOCAL, PAPERS
from tests.catalog.rows import asks, canonical, county, end, land

Asked = list[set[str]]


@pytest.fixture
def asked(house: House, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A unified catalogue; which names the rules were asked about since, a set each time."""
    with house.engine.begin() as conn:
        land(conn, "item", [*BASE, *LOCAL])
        land(conn, "material", PAPERS)
    unify(house, "first")
    found: Asked = []

    def watched(index: Index, locals_: Iterable[Local]) -> dict[Local, Verdict]:
        given = list(locals_)
        found.append({one.name for one in given})
        return judge_all(index, given)

    monkeypatch.setattr(unifying, "judge_all", watched)
    return found


def runs(house: House) -> int:
    with house.engine.begin() as conn:
        return int(conn.execute(text("SELECT count(*) FROM catalog.unified")).scalar_one())


def test_nothing_new_asks_nothing_and_writes_nothing(house: House, asked: Asked) -> None:
    unify(house, "again")
    assert (asked, runs(house)) == ([], 1)


def test_new_names_alone_are_judged(house: House, asked: Asked) -> None:
    with house.engine.begin() as conn:
        land(conn, "item", [county("N1", "漂流经营手续"), {**LOCAL[0], "code": "N2"}])
        land(conn, "material", [asks("N1", "漂流安全方案")])
    unify(house, "later")
    assert asked == [{"漂流经营手续"}]  # the other one's evidence is known
    assert runs(house) == 2


def test_a_persons_word_asks_the_rules_nothing(house: House, asked: Asked) -> None:
    say(house, BUREAU, "C000", "none")
    unify(house, "later")
    assert (asked, runs(house)) == ([], 1)


def test_a_new_canonical_item_has_every_name_judged_anew(house: House, asked: Asked) -> None:
    name = LOCAL[0]["name"]
    with house.engine.begin() as conn:
        land(conn, "item", [canonical("B99", name + "变更"), county("N1", name + "变更")])
    unify(house, "later")
    assert asked == [{name + "变更", *(row["name"] for row in LOCAL)}]


def test_an_item_that_ends_has_every_name_judged_anew(house: House, asked: Asked) -> None:
    with house.engine.begin() as conn:
        end(conn, "B00")
    unify(house, "later")
    assert asked == [{row["name"] for row in LOCAL}]


def test_other_rules_judge_everything(
    house: House, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unifying, "code_digest", lambda: "other")
    unify(house, "later")
    assert asked == [{row["name"] for row in LOCAL}]


def test_tables_that_somebody_changed_are_made_right(house: House, asked: Asked) -> None:
    with house.engine.begin() as conn:
        before = conn.execute(text("SELECT count(*) FROM catalog.judgement")).scalar_one()
        conn.execute(text("DELETE FROM catalog.judgement WHERE id % 2 = 0"))
    unify(house, "later")
    with house.engine.begin() as conn:
        after = conn.execute(text("SELECT count(*) FROM catalog.judgement")).scalar_one()
    assert (after, asked) == (before, [])


CODES = [
    Canonical("360101001000", "食品经营许可"),
    Canonical("360101001001", "食品经营许可新办", "食品经营许可"),
    Canonical("360101009001", "无主项的子项", "没有的主项"),
    Canonical("11360000MB0X1234XY3360101001001" + "01", "食品经营许可新办（餐饮）"),
    Canonical("511Z07001006", "代码不合标准", "食品经营许可"),
    Canonical("X1", "单独的事项"),
]


def test_main_items_sub_items_and_handling_items_are_told_by_their_codes() -> None:
    found = standings(CODES)
    assert [found[one.id] for one in CODES] == [
        Standing("main", None),
        Standing("sub", "360101001000"),
        Standing("sub", None),
        Standing("handling", "360101001001"),
        Standing("sub", "360101001000"),
        Standing("main", None),
    ]
    assert standings(reversed(CODES)) == found
