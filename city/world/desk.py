"""What the one-window's clerks and the city's app have on their screens: open cases."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from city.world.act import ROW, WINDOW
from city.world.cases import OPEN
from city.world.errors import CityError
from city.world.store import Record, load


@dataclass(frozen=True)
class OpenCase:
    """An open case of the one-window. `row`: the raw key of its row."""

    row: str
    number: str
    item_code: str
    item: str
    post: str
    opened: str
    kind: str
    applicant_number: str
    applicant_name: str


def open_cases(conn: sqlite3.Connection, limit: int, posts: Collection[str] = ()) -> list[OpenCase]:
    """Those at the posts (of any, if none is named): the worked example first, then the newest."""
    rows = conn.execute(
        f"{ROW} WHERE system = ? AND stream = 'case' AND deleted = 0 AND reason IS NULL", (WINDOW,)
    )
    found = [one for one in map(load, rows) if one.data["state"] in OPEN]
    mine = [one for one in found if not posts or one.data["post"] in posts]
    mine.sort(key=lambda one: (one.pinned, one.data["opened"], one.id), reverse=True)
    return [_case(conn, one) for one in mine[:limit]]


def open_case(conn: sqlite3.Connection, number: str) -> OpenCase:
    """The open case of that number. Raises CityError where there is none."""
    for row in conn.execute(f"{ROW} WHERE ref = ? AND system = ?", (number, WINDOW)):
        one = load(row)
        if not one.deleted and one.data.get("state") in OPEN:
            return _case(conn, one)
    raise CityError("the one-window has no open case of that number")


def _case(conn: sqlite3.Connection, one: Record) -> OpenCase:
    data = one.data
    return OpenCase(
        one.id,
        str(data["case_number"]),
        str(data["item_code"]),
        _name(conn, str(data["item_code"])),
        str(data["post"]),
        str(data["opened"]),
        str(data["applicant_kind"]),
        str(data["applicant_number"]),
        str(data["applicant_name"]),
    )


def _name(conn: sqlite3.Connection, code: str) -> str:
    for row in conn.execute(f"{ROW} WHERE ref = ? AND system = 'xzsp_items'", (code,)):
        data = load(row).data
        if data.get("code") == code and "name" in data:
            return str(data["name"])
    return code
