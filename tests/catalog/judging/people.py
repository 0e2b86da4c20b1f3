"""Who judges in the tests, and a small catalogue to judge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from catalog.judging.judge import Answer, Judged, decide, judge, undo
from catalog.unify import unify
from kernel.house import House
from registry.accounts import Account
from tests.catalog.rows import NOON, asks, canonical, county, land

BUREAU = Account("bureau", "审批局", "bureau", None, ())
SECOND = Account("second", "审批局另一人", "bureau", None, ())
OFFICER = Account("officer", "市场监管", "officer", "市市场监督管理局", ())
APPROVAL = Account("approval", "行政审批局", "officer", "市行政审批局", ())
CLERK = Account("clerk", "窗口", "clerk", None, ())
OPS = Account("ops", "运维", "ops", None, ())
WHY = "材料与流程一致"
MARKET, WATER = "市场监督管理局", "水利局"

ITEMS = [
    canonical("360101001001", "食品经营许可新办", parent="食品经营许可"),
    canonical("360101001002", "食品经营许可变更", parent="食品经营许可"),
    canonical("360101002000", "取水许可"),
    canonical("360101003000", "河道采砂许可"),
    *(
        county(f"W{n}", "用水手续", None, division=place, department=place + WATER)
        for n, place in enumerate(("赣县区", "于都县", "兴国县"))
    ),
    county("F1", "食品店开业手续", None, division="赣县区", department="赣县区" + MARKET),
    county("F2", "食品店开业手续", None, division="于都县", department="于都县" + MARKET),
    county("F3", "食品店开业手续", "360101001002", division="上犹县", department="上犹县" + MARKET),
    county("X1", "挖沙手续", None, division="石城县", department="石城县" + WATER),
    county("X2", "挖沙手续（县级）", None, division="崇义县", department="崇义县" + WATER),
    county("R1", "取水许可证核发", None, division="石城县", department="石城县" + WATER),
]
MATERIALS = [
    asks("360101001001", "营业执照", order=1),
    asks("360101001001", "食品店证明公证书", order=2),
    asks("W0", "《水用途说明》", order=1),
]
FOOD, CHANGE, INTAKE, SAND = "360101001001", "360101001002", "360101002000", "360101003000"


def start(house: House, items: Iterable[Any] = ITEMS, materials: Iterable[Any] = MATERIALS) -> None:
    """Land and unify."""
    with house.engine.begin() as conn:
        land(conn, "item", items)
        land(conn, "material", materials)
    unify(house, "r")


def say(
    house: House, account: Account, of: str, relation: str, *rights: str, **more: Any
) -> Judged:
    """One judgement on an item."""
    subject, only = more.get("subject", "item"), more.get("only", False)
    with house.engine.begin() as conn:
        return judge(conn, account, Answer(subject, of, relation, rights, WHY, only), NOON)


def answer(house: House, account: Account, number: int, accept: bool = True) -> Judged:
    """Accept or reject."""
    with house.engine.begin() as conn:
        return decide(conn, account, number, accept, "核对过", NOON)


def confirmed(house: House, code: str, item: str) -> None:
    """One row is the same as an item: said by one person, confirmed by another if it must be."""
    made = say(house, BUREAU, code, "same", item, only=True)
    if made.state == "pending":
        answer(house, SECOND, made.number)


def take_back(house: House, account: Account, number: int) -> Judged:
    """Undo."""
    with house.engine.begin() as conn:
        return undo(conn, account, number, "写错了", NOON)


def state(conn: Connection) -> list[Any]:
    """All that judging leaves (what holds, is asked, contradicts), without times and numbers."""
    queries = (
        'SELECT subject, "left", "right", relation, "by", why, confidence, left_name, key'
        " FROM catalog.judgement WHERE undone_at IS NULL",
        'SELECT subject, "left", left_name, division, department, key, why, candidates::text'
        " FROM catalog.review WHERE closed_at IS NULL",
        "SELECT subject, kind, key, says FROM catalog.contradiction WHERE ended_at IS NULL",
        "SELECT id, name, kind, role, licence_types, grade FROM catalog.canonical_material",
        "SELECT id, name, parent, department, level, parent_id FROM catalog.canonical_item"
        " WHERE gone_at IS NULL",
    )
    return [sorted(map(repr, conn.execute(text(query)))) for query in queries]


def holds(house: House) -> dict[str, tuple[Any, ...]]:
    """What holds of each item row: relation, canonical id, by."""
    with house.engine.begin() as conn:
        found = conn.execute(
            text(
                'SELECT "left", relation, "right", "by" FROM catalog.judgement'
                " WHERE subject = 'item' AND undone_at IS NULL"
            )
        )
        return {row[0]: tuple(row[1:]) for row in found}


def kept(house: House) -> list[Any]:
    """`state`, in a transaction of its own."""
    with house.engine.begin() as conn:
        return state(conn)
