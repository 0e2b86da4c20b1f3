"""A small catalogue for tests of versions: two items, three counties, materials, types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, text

from catalog.flow.deltas import Proposal, decide, propose
from catalog.unify import unify
from catalog.versions.publish import publish
from kernel.house import House
from tests.catalog.rows import NOON, asks, canonical, county, land

MARKET = "市市场监督管理局"
DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
FOOD, WATER = "360100042001", "360100077000"
ZHANGGONG = "11360702MB1234567X4360100042001"
XINFENG, NANKANG = "XF-0001", "NK-0001"
LICENSING = "行政许可"


def items() -> list[dict[str, Any]]:
    """The landed rows."""
    base: dict[str, Any] = {"task_type": LICENSING, "limit_days": 20, "fee": False}
    base["promise_days"] = None
    return [
        canonical(FOOD, "食品经营许可", department=MARKET, **base),
        canonical(WATER, "取水许可审批", department="市水利局", **base),
        _county(ZHANGGONG, "食品经营许可核发", FOOD, "360702", 10),
        _county(XINFENG, "食品经营许可", FOOD, "360722", 20),
        _county(NANKANG, "取水许可审批", WATER, "360703", 15),
    ]


def _county(code: str, name: str, base: str, division: str, promise: int) -> dict[str, Any]:
    days: dict[str, Any] = {"limit_days": 20, "promise_days": promise, "fee": False}
    return county(code, name, base, division=division, department="县局", **days)


MATERIALS = [
    asks(FOOD, "营业执照", source_type="issued", order=1),
    asks(FOOD, "食品经营许可申请表", purpose="surrender", source_type="applicant", order=2),
    asks(WATER, "居民身份证", source_type="issued", order=1),
    asks(XINFENG, "营业执照", order=1),
    asks(XINFENG, "房屋租赁合同", order=2),
]


def start(house: House) -> int:
    """Land, unify, publish; the version."""
    with house.engine.begin() as conn:
        land(conn, "item", items())
        land(conn, "material", MATERIALS)
    return again(house)


def again(house: House) -> int:
    """Unify and publish what is there now."""
    unify(house, "r")
    return publish(house, "test")


def change(house: House, statement: str, **values: Any) -> None:
    """Change landed rows by hand."""
    with house.engine.begin() as conn:
        conn.execute(text(statement), values)


def accepted(conn: Connection, **over: Any) -> int:
    """A deviation of 信丰县 that the bureau has accepted; its number."""
    said: dict[str, Any] = {
        "item_id": FOOD, "field": "promise_days", "value": "5", "begins": date(2026, 1, 1),
        "basis": "《江西省优化营商环境条例》第二十条", "division": "信丰县",
    }  # fmt: skip
    number = propose(conn, Proposal(**{**said, **over}), "officer", "县里提速", NOON)
    decide(conn, number, "accepted", "bureau", "同意", NOON, "赣市审改办发〔2026〕9号")
    return number
