"""Who decides an item, when.

The first source is the department that the item system names (`catalog.deciding.source`). The
bureau's own decisions, each with a document number, outrank it: for one division, or for all.
Periods of one subject never overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, insert, select, text, update

from catalog.periods import (
    EVERYWHERE,
    check_period,
    come_back,
    division_of,
    give_way,
    json_day,
    no_overlap,
)
from catalog.tables import LOCK, deciding
from kernel.db import lock
from kernel.errors import BadInput
from registry import departments

Manner = Literal["kept", "delegated", "passed_down", "transferred", "exempted"]
MANNERS: tuple[Manner, ...] = get_args(Manner)
MANNER_NAMES: dict[str, str] = {
    "kept": "保留",
    "delegated": "委托",
    "passed_down": "下放",
    "transferred": "划转",
    "exempted": "豁免",
}
SOURCE, BUREAU = "source", "bureau"


@dataclass(frozen=True)
class Decision:
    """What the bureau decided. `division`: None everywhere; `ends`: the first day after it."""

    item_id: str
    manner: str
    department: str | None  # None: exempted
    begins: date
    document: str
    ends: date | None = None
    division: str | None = None
    on_behalf_of: str | None = None
    basis: str | None = None


@dataclass(frozen=True)
class Body:
    """A dated period as kept. `division`: '' everywhere."""

    id: int
    item_id: str
    division: str
    origin: str
    begins: date
    ends: date | None
    department: str | None
    manner: str
    on_behalf_of: str | None
    document: str | None
    basis: str | None
    by: str
    why: str
    withdrawn_by: str | None
    withdrawn_why: str | None

    def as_json(self) -> dict[str, Any]:
        """Days as text; a beginning that is not known is null."""
        return {**vars(self), "begins": json_day(self.begins), "ends": json_day(self.ends)}


def record(conn: Connection, said: Decision, by: str, why: str, at: datetime) -> int:
    """Keep a decision of the bureau; its number. An open period before it ends on its first day.

    Raises BadInput where item, division, department or period cannot be, or another overlaps.
    """
    lock(conn, LOCK)
    division = division_of(said.division)
    _check(conn, said, division, why)
    subject = {"item_id": said.item_id, "division": division, "origin": BUREAU}
    row = {
        **subject,
        "begins": said.begins,
        "ends": said.ends,
        "department": said.department,
        "manner": said.manner,
        "on_behalf_of": said.on_behalf_of,
        "document": said.document.strip(),
        "basis": said.basis,
        "by": by,
        "at": at,
        "why": why.strip(),
    }
    with no_overlap(f"the item {said.item_id} in {division or '全市'}"), conn.begin_nested():
        number = conn.execute(select(text("nextval('catalog.deciding_id_seq')"))).scalar_one()
        _make_room(conn, subject, said.begins, int(number))
        conn.execute(insert(deciding).values(id=number, **row))
    return int(number)


def withdraw(conn: Connection, number: int, by: str, why: str, at: datetime) -> None:
    """Take a decision back; what gave way to it holds again. Raises BadInput."""
    lock(conn, LOCK)
    if not why.strip():
        raise BadInput("taking a decision back needs a reason")
    done = conn.execute(
        update(deciding)
        .where(
            deciding.c.id == number,
            deciding.c.origin == BUREAU,
            deciding.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at, withdrawn_by=by, withdrawn_why=why.strip())
    )
    if done.rowcount != 1:
        raise BadInput(f"there is no decision {number} of the bureau that still counts")
    with no_overlap("what the decision ended"), conn.begin_nested():
        come_back(conn, deciding, number)


def bodies(conn: Connection, item_id: str | None = None) -> list[Body]:
    """Every period, withdrawn ones too, by item, division and beginning."""
    c = deciding.c
    names = tuple(Body.__dataclass_fields__)
    query = select(*(c[name] for name in names)).order_by(c.item_id, c.division, c.begins, c.id)
    if item_id is not None:
        query = query.where(c.item_id == item_id)
    return [Body(**row._mapping) for row in conn.execute(query)]


def _make_room(conn: Connection, subject: dict[str, Any], begins: date, number: int) -> None:
    # Withdrawn rows are let be: they keep the days that they had.
    live = conn.execute(
        select(deciding.c.id).where(
            *(deciding.c[name] == value for name, value in subject.items()),
            deciding.c.withdrawn_at.is_(None),
            deciding.c.ends.is_(None),
        )
    ).scalars()
    for one in live:
        give_way(conn, deciding, {"id": one}, begins, number)


def _check(conn: Connection, said: Decision, division: str, why: str) -> None:
    check_period(said.begins, said.ends)
    if said.manner not in MANNERS:
        raise BadInput(f"the manner is one of {', '.join(MANNERS)}, not {said.manner}")
    if not said.document.strip() or not why.strip():
        raise BadInput("who decides is changed by a document: its number and a reason are needed")
    there = conn.execute(
        text("SELECT 1 FROM catalog.canonical_item WHERE id = :id"), {"id": said.item_id}
    ).first()
    if there is None:
        raise BadInput(f"there is no canonical item {said.item_id}")
    _check_body(said, division)


def _check_body(said: Decision, division: str) -> None:
    if said.manner == "exempted":
        if said.department is not None:
            raise BadInput("an exempted item has no deciding department: leave it out")
        return
    if not said.department:
        raise BadInput(f"{said.manner} needs the department that decides")
    if division == EVERYWHERE and said.department not in departments.load():
        known = "、".join(departments.load())
        raise BadInput(f"the city has no department {said.department}: allowed are {known}")
    if (said.manner == "delegated") != bool(said.on_behalf_of):
        raise BadInput("delegated, and only that, names the body in whose name is decided")
