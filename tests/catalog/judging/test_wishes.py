"""建议单: the city's wishes to the province; the canonical item stays as it is."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from catalog.judging import verdicts, wishbook, wishes
from catalog.judging.effect import settle
from catalog.judging.verdicts import Kept
from catalog.judging.wishes import Wanted, Wish
from catalog.versions.publish import publish
from catalog.versions.read import item_of_code
from kernel.errors import BadInput, Refused
from kernel.house import House
from registry.accounts import Account
from tests.catalog.judging.people import (
    BUREAU,
    CHANGE,
    CLERK,
    FOOD,
    INTAKE,
    ITEMS,
    MATERIALS,
    OFFICER,
    SAND,
    SECOND,
    holds,
    kept,
    say,
    start,
)
from tests.catalog.rows import NOON, canonical

MARKET_ITEM = canonical("360101004000", "药品经营许可", department="省药监局")


def ask(
    house: House, account: Account, kind: str, items: tuple[str, ...], names: tuple[str, ...]
) -> Wish:
    with house.engine.begin() as conn:
        return wishes.make(conn, account, Wanted(kind, items, names, "群众这样叫"), NOON)


def go(house: House, account: Account, number: int, to: str, document: str | None = None) -> Wish:
    with house.engine.begin() as conn:
        return wishes.move(conn, account, number, to, ("已办", document), NOON)


def test_a_wish_changes_no_item_and_keeps_the_evidence_of_its_day(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "same", INTAKE)
    before = kept(house)
    made = ask(house, BUREAU, "rename", (INTAKE,), ("用水手续",))
    assert (made.state, kept(house)) == ("open", before)
    assert made.evidence == {
        "items": [{"id": INTAKE, "name": "取水许可", "department": ""}],
        "rows": 4,
        "counties": 4,
        "other_names": [
            {"name": "用水手续", "counties": 3},
            {"name": "取水许可证核发", "counties": 1},
        ],
        "wished": {"rows": 3, "counties": 3},
    }
    go(house, BUREAU, made.id, "sent", "赣市审〔2026〕9号")
    assert go(house, BUREAU, made.id, "granted", "赣政务〔2026〕1号").state == "granted"
    assert kept(house) == before


def test_a_department_proposes_and_another_opens_it(house: House) -> None:
    start(house, [*ITEMS, MARKET_ITEM])
    made = ask(house, OFFICER, "merge", (FOOD, CHANGE), ("食品经营许可",))
    assert made.state == "proposed"
    with pytest.raises(Refused, match="由审批局决定"):
        go(house, OFFICER, made.id, "open")
    assert go(house, BUREAU, made.id, "open").state == "open"
    with pytest.raises(Refused, match="由审批局决定"):
        go(house, OFFICER, made.id, "withdrawn")
    own = ask(house, OFFICER, "add", (), ("小餐饮登记",))
    assert go(house, OFFICER, own.id, "withdrawn").state == "withdrawn"
    with pytest.raises(Refused, match="您只能为本部门"):
        ask(house, OFFICER, "abolish", (MARKET_ITEM["code"],), ())
    with pytest.raises(Refused, match="只有部门数据专员和审批局"):
        ask(house, CLERK, "add", (), ("小餐饮登记",))


WRONG = [
    ("praise", (), (), "a wish is to rename, merge, split, add, abolish"),
    ("merge", (FOOD,), ("x",), "names 2 to 8 different canonical items, not 1"),
    ("merge", (FOOD, FOOD), ("x",), "names 2 to 8 different canonical items, not 2"),
    ("split", (FOOD,), ("x",), "names 2 to 8 different new names, not 1"),
    ("abolish", (FOOD,), ("x",), "names 0 different new names, not 1"),
    ("rename", ("Q",), ("x",), "there is no canonical item Q"),
    ("rename", (INTAKE,), ("取水许可",), "is called “取水许可” already"),
    ("rename", (INTAKE,), (" ",), "a new name must not be empty"),
]


@pytest.mark.parametrize(("kind", "items", "names", "message"), WRONG)
def test_a_wish_that_cannot_be_is_refused(
    house: House, kind: str, items: tuple[str, ...], names: tuple[str, ...], message: str
) -> None:
    start(house)
    with pytest.raises(BadInput, match=message):
        ask(house, BUREAU, kind, items, names)


def test_the_book_holds_every_wish_as_text(house: House) -> None:
    start(house)
    ask(house, BUREAU, "split", (INTAKE,), ("取水许可（地表）", "=1+1"))
    ask(house, SECOND, "abolish", (SAND,), ())
    with house.engine.begin() as conn:
        book = wishbook.as_excel(wishes.wishes(conn))
    rows = list(load_workbook(io.BytesIO(book))["基本目录建议单"].iter_rows(values_only=True))
    assert rows[0] == tuple(name for name, _ in wishbook.HEADS)
    assert [row[1] for row in rows[1:]] == ["拆分", "取消"]
    assert rows[1][2:6] == (INTAKE, "取水许可", None, "取水许可（地表）\n=1+1")


def test_a_relation_that_a_rule_gives_holds_and_is_published(house: House) -> None:
    start(house, ITEMS, MATERIALS)
    with house.engine.begin() as conn:
        [digest] = conn.execute(
            text("SELECT digest FROM catalog.local WHERE \"left\" = 'X1'")
        ).scalars()
        verdicts.forget(conn, "item", [digest])
        said = Kept("narrower", (SAND,), "act", "是该事项的一种情形", 0.97, auto=True, asks=False)
        verdicts.keep(conn, "item", [(digest, said, ())])
        settle(conn, "item", ["X1"], NOON)
    assert holds(house)["X1"] == ("narrower", SAND, "rule:act")
    version = publish(house, "test")
    with house.engine.begin() as conn:
        found = item_of_code(conn, version, "X1")
    assert found is not None
    assert (found.item_id, found.relation) == (SAND, "narrower")
