"""Rows for the landing's tables, put there by hand, and the real item names to make them of."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text

from landing.tables import RECORDS

DATA = Path(__file__).with_name("data")
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
Row = Mapping[str, Any]


def real_items() -> list[dict[str, str]]:
    """Code, name and department of a real district's items."""
    with (DATA / "items_real.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def canonical(code: str, name: str, **more: str) -> dict[str, Any]:
    """A row of the base catalogue."""
    return {"code": code, "base_code": code, "name": name, "level": "canonical", **more}


def county(code: str, name: str, base_code: str | None = None, **more: str) -> dict[str, Any]:
    """A county's implementation."""
    return {"code": code, "base_code": base_code, "name": name, "level": "implementation", **more}


def asks(item_code: str, name: str, **more: Any) -> dict[str, Any]:
    """A row that says what an item asks for."""
    return {"item_code": item_code, "name": name, "need": True, "purpose": "prove", **more}


def land(conn: Connection, kind: str, rows: Iterable[Row]) -> None:
    """Put live rows of a kind into the landing."""
    table = RECORDS[kind]
    names = {"item": ("parent", "task_type", "department", "division", "handling_department")}
    names["material"] = ("situation", "source_type", "form", "order")
    full = []
    for row in rows:
        key = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()
        base: dict[str, Any] = {
            "system": "xzsp_items",
            "stream": kind,
            "key_hash": key,
            "row_hash": key,
            "batch": "b",
            "run": "r",
            "landed_at": NOON,
        }
        base.update(dict.fromkeys(names[kind]))
        full.append({**base, **row})
    if full:
        conn.execute(insert(table), full)


def end(conn: Connection, code: str) -> None:
    """The source deleted an item."""
    conn.execute(text("UPDATE landing.item SET deleted_at = now() WHERE code = :c"), {"c": code})
