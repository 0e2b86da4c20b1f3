"""Which licence types may stand for a material, as the competent departments have it.

    proposed → confirmed → published → withdrawn
         └───────────┴──────────────↗     (and proposed again)

Confirmed by an officer of the competent department under a document; published in a numbered 免提交
list with a document of its own. Only a published one waives anything, from its list's day on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from kernel.db import is_one_of
from kernel.reads import Read, Rows, read
from registry.tables import waiver_list, waiver_step

State = Literal["proposed", "confirmed", "published", "withdrawn"]
#: What a state comes to on a day. `not_published`: confirmed, its list not out or not yet valid.
Standing = Literal["not_confirmed", "not_published", "withdrawn", "in_force"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Waiver:
    """One licence type's standing. None where it has not come so far, or where it is taken back."""

    licence_type: str
    state: State
    department: str  # the competent one
    document: str | None
    dated: date | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    list: int | None
    list_document: str | None
    published_on: date | None
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class WaiverList:
    """A published 免提交 list."""

    number: int
    document: str
    published_on: date
    catalogue_version: int
    types: int  # of those that still stand on it
    by: str
    at: datetime


def _steps() -> Select[tuple[object, ...]]:
    named = waiver_list.c.document.label("list_document")
    joined = waiver_step.outerjoin(waiver_list, waiver_list.c.number == waiver_step.c.list)
    return select(*waiver_step.c, named, waiver_list.c.published_on).select_from(joined)


#: Read at each decision, hence built once.
NEWEST = (
    _steps()
    .ext(distinct_on(waiver_step.c.licence_type))
    .order_by(waiver_step.c.licence_type, waiver_step.c.id.desc())
)
NEWEST_OF = NEWEST.where(is_one_of(waiver_step.c.licence_type, "types"))


def current(conn: Connection, types: Iterable[str] | None = None) -> dict[str, Waiver]:
    """The standing by licence type; `types`: of these only. A type that is not there has none."""
    if types is None:
        return _by_type(conn.execute(NEWEST))
    return read(conn, current_read(types))


def current_read(types: Iterable[str]) -> Read[dict[str, Waiver]]:
    """The standing of these types, to be read together with others."""
    return Read(NEWEST_OF, {"types": sorted(set(types))}, _by_type)


def _by_type(rows: Rows) -> dict[str, Waiver]:
    return {row.licence_type: _waiver(row) for row in rows}


def history(conn: Connection, licence_type: str) -> list[Waiver]:
    """Every step of a type, the newest first."""
    s = waiver_step.c
    rows = conn.execute(_steps().where(s.licence_type == licence_type).order_by(s.id.desc()))
    return [_waiver(row) for row in rows]


def lists(conn: Connection) -> list[WaiverList]:
    """Every published list, the newest first."""
    held = [one.list for one in current(conn).values() if one.state == "published"]
    rows = conn.execute(select(waiver_list).order_by(waiver_list.c.number.desc()))
    return [
        WaiverList(
            row.number,
            row.document,
            row.published_on,
            row.catalogue_version,
            held.count(row.number),
            row.by,
            row.at,
        )
        for row in rows
    ]


def standing(waiver: Waiver | None, day: date) -> Standing:
    """What the waiver comes to on a day; None: nobody has proposed it."""
    if waiver is None or waiver.state == "proposed":
        return "not_confirmed"
    if waiver.state == "withdrawn":
        return "withdrawn"
    if waiver.state == "confirmed":
        return "not_published"
    if waiver.published_on is None:
        raise ValueError("a published waiver stands on a list that has a day")
    return "in_force" if waiver.published_on <= day else "not_published"


def _waiver(row: Row[tuple[object, ...]]) -> Waiver:
    values = row._mapping
    if values["state"] not in STATES:
        raise ValueError(f"a waiver's state is {', '.join(STATES)}")
    return Waiver(**{name: values[name] for name in Waiver.__dataclass_fields__})
