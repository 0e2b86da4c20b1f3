"""Moving a waiver on: who may, from which state, and what it needs. In the ledger with the move.

Every function works inside the caller's transaction and on several licence types at once: one
document may name several. All of them move, or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from kernel.db import lock
from kernel.errors import BadInput, Refused
from ledger import log
from ledger.events import event
from registry import licence_types, waivers
from registry.accounts import Account
from registry.tables import waiver_list, waiver_step
from registry.typed import plain
from registry.waivers import State, Waiver

#: From which states each state may follow; None: nothing has been said of the type yet.
BEFORE: Mapping[State, tuple[State | None, ...]] = {
    "proposed": (None, "withdrawn"),
    "confirmed": ("proposed",),
    "published": ("confirmed",),
    "withdrawn": ("proposed", "confirmed", "published"),
}


@dataclass(frozen=True)
class Document:
    """A document by its number, and its day."""

    number: str
    dated: date


def propose(
    conn: Connection, who: Account, types: Sequence[str], why: str, at: datetime
) -> list[str]:
    """Say that these types could be waived. An officer or the bureau. Raises BadInput, Refused."""
    _role(who, ("officer", "bureau"), "propose")
    there = _ready(conn, types, "proposed")
    rows = [_row(there[name], name, "proposed") for name in there]
    return _write(conn, who, rows, "proposed", why, at)


def confirm(
    conn: Connection, who: Account, types: Sequence[str], by: Document, at: datetime
) -> list[str]:
    """The competent department's yes, under a document. Only its own officer may.

    Raises BadInput, Refused.
    """
    _role(who, ("officer",), "confirm")
    there = _ready(conn, types, "confirmed")
    _competent(who, there)
    number = plain(by.number, "the document's number")
    said = {
        "document": number,
        "dated": by.dated,
        "confirmed_by": who.name,
        "confirmed_at": at,
    }
    rows = [_row(there[name], name, "confirmed") | said for name in there]
    return _write(conn, who, rows, "confirmed", number, at)


def publish(
    conn: Connection,
    who: Account,
    types: Sequence[str],
    by: Document,
    catalogue_version: int,
    at: datetime,
) -> int:
    """Publish a 免提交 list of confirmed types under a document; its number. Only the bureau may.

    It waives from the document's day on. Raises BadInput, Refused.
    """
    _role(who, ("bureau",), "publish")
    there = _ready(conn, types, "published")
    document = plain(by.number, "the list's document number")
    t = waiver_list
    if conn.execute(select(t.c.number).where(t.c.document == document)).first():
        raise BadInput(f"a list with the document {document} was published: use another number")
    number = int(conn.execute(select(func.coalesce(func.max(t.c.number), 0))).scalar_one()) + 1
    about = {"number": number, "document": document, "published_on": by.dated}
    under = {"catalogue_version": catalogue_version, "by": who.name, "at": at}
    conn.execute(insert(t), [about | under])
    rows = [_row(there[name], name, "published") | {"list": number} for name in there]
    full = [row | {"why": document, "by": who.name, "at": at} for row in rows]
    conn.execute(insert(waiver_step), full)
    facts = {"list": number, "document": document, "types": sorted(there)}
    under = {"catalogue_version": catalogue_version}
    log.append(conn, event(at, "waiver.published", who.name, **facts, **under))
    return number


def withdraw(
    conn: Connection, who: Account, types: Sequence[str], why: str, at: datetime
) -> list[str]:
    """End a waiver at any state. The competent department's officer, or the bureau.

    Raises BadInput, Refused.
    """
    _role(who, ("officer", "bureau"), "withdraw")
    there = _ready(conn, types, "withdrawn")
    if who.role == "officer":
        _competent(who, there)
    rows = [_row(there[name], name, "withdrawn") for name in there]
    return _write(conn, who, rows, "withdrawn", why, at)


def _role(who: Account, roles: Sequence[str], what: str) -> None:
    if who.role not in roles:
        raise Refused(
            f"{who.name} is of the role {who.role}; to {what} a waiver is for {', '.join(roles)}",
            reason="role",
        )


def _competent(who: Account, names: Mapping[str, object]) -> None:
    for name in names:
        department = licence_types.load()[name].department
        if who.department != department:
            raise Refused(
                f"{name} 由{department}主管，只有该部门的数据专员可以办理",
                reason="other_department",
            )


def _ready(conn: Connection, types: Sequence[str], to: State) -> dict[str, Waiver | None]:
    """The types' standings, held for this transaction. Raises BadInput where one may not move."""
    if not types:
        raise BadInput("name at least one licence type")
    known = licence_types.load()
    unknown = next((name for name in types if name not in known), None)
    if unknown is not None:
        raise BadInput(f"no licence type {unknown}: `zhongtai catalog waivers list` shows them")
    lock(conn, "registry.waivers")
    there = waivers.current(conn, types)
    for name in types:
        now = there[name].state if name in there else None
        if now not in BEFORE[to]:
            allowed = " or ".join(one or "not proposed" for one in BEFORE[to])
            raise BadInput(f"{name} is {now or 'not proposed'}: to be {to} it must be {allowed}")
    return {name: there.get(name) for name in dict.fromkeys(types)}


def _row(now: Waiver | None, name: str, to: State) -> dict[str, Any]:
    """The new standing: what was said before goes along, save where the type starts again."""
    kept = now if to in ("published", "withdrawn") else None
    return {
        "licence_type": name,
        "state": to,
        "department": licence_types.load()[name].department,
        "document": kept.document if kept else None,
        "dated": kept.dated if kept else None,
        "confirmed_by": kept.confirmed_by if kept else None,
        "confirmed_at": kept.confirmed_at if kept else None,
        "list": kept.list if kept else None,
    }


def _write(
    conn: Connection,
    who: Account,
    rows: Sequence[dict[str, Any]],
    to: State,
    why: str,
    at: datetime,
) -> list[str]:
    said = {"why": plain(why, "the reason"), "by": who.name, "at": at}
    conn.execute(insert(waiver_step), [row | said for row in rows])
    names = [str(row["licence_type"]) for row in rows]
    facts = {"types": sorted(names), "outcome": to, "department": who.department}
    document = rows[0]["document"] if to == "confirmed" else None
    log.append(conn, event(at, "waiver.moved", who.name, document=document, **facts))
    return names
