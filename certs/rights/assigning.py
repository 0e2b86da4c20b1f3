"""A case given to a post beside the one that its own system names, and taken back.

Every function works inside the caller's transaction and writes the ledger's entry with the row.
Raises Refused for who may not, BadInput for what cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, insert, or_, select, update

from certs.rights import right
from certs.rights.acting import at_case
from certs.rights.facts import Mode
from certs.rights.refusal import refuse
from certs.rights.tables import assignment
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import event, moment
from registry import divisions
from registry.accounts import Account
from registry.tables import post as post_table
from registry.typed import plain

MODES: Final[tuple[Mode, ...]] = ("whole_online", "on_behalf", "several_places")
#: How an office outside the city is named: its province's name.
ELSEWHERE: Final = tuple("省市区")
SHOWN: Final = 50


@dataclass(frozen=True)
class Given:
    """A case given to a post. `place`: the receiving office's division, or its province."""

    case_number: str
    post: str
    rights: frozenset[Literal["receive", "decide"]]
    mode: Mode
    place: str
    document: str
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Held:
    """A case's assignment on record. `post`: its name; `holds`: now."""

    id: int
    post: str
    rights: frozenset[str]
    mode: str
    place: str
    document: str
    begins: datetime
    ends: datetime | None
    by: str
    holds: bool


@dataclass(frozen=True)
class Assigned:
    """What is on record of a case, the newest first. `may`: this account may assign it.

    `posts`: to whom it can be given, department → code → name.
    """

    case: str
    item_name: str
    may: bool
    held: Sequence[Held]
    posts: dict[str, dict[str, str]]


def assign(house: House, conn: Connection, who: Account, one: Given) -> int | Refused:
    """Give a case to another post: the bureau, or the office that decides it."""
    no = _refused(house, conn, who, one.case_number)
    if no is not None:
        return no
    _check(conn, one)
    at = house.clock()
    values = {
        **vars(one),
        "rights": sorted(one.rights),
        "document": plain(one.document, "the document's number"),
        "by": who.name,
        "at": at,
    }
    number = conn.execute(insert(assignment).values(values).returning(assignment.c.id)).scalar_one()
    about = {"case": one.case_number, "post": one.post, "mode": one.mode, "place": one.place}
    end = moment(one.ends) if one.ends else None
    log.append(
        conn,
        event(
            at, "right.recorded", who.name, kind="assignment", number=number, until=end,
            document=values["document"], **about,
        ),
    )  # fmt: skip
    return int(number)


def take_back(
    house: House, conn: Connection, who: Account, case_number: str, number: int
) -> Refused | None:
    """End an assignment of the case at once; it stays on record. The same may who may assign."""
    no = _refused(house, conn, who, case_number)
    if no is not None:
        return no
    a, at = assignment.c, house.clock()
    order = update(assignment).where(
        a.id == number, a.case_number == case_number, or_(a.ends.is_(None), a.ends > at)
    )
    if conn.execute(order.values(ends=at).returning(a.id)).first() is None:
        raise BadInput("this case has no assignment of that number to take back")
    about = {"kind": "assignment", "number": number, "case": case_number}
    log.append(conn, event(at, "right.revoked", who.name, **about))
    return None


def assigned(house: House, conn: Connection, who: Account, case_number: str) -> Assigned | Refused:
    """For a clerk who may plan the case; else the error to raise."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    if now.case is None or now.item is None:
        raise ValueError("a case that may be planned is there, and its item")
    posts: dict[str, dict[str, str]] = {}
    p = post_table.c
    for row in conn.execute(select(post_table).order_by(p.department, p.code)):
        if row.code != now.case.post:
            posts.setdefault(row.department, {})[row.code] = row.name
    may = right.may_decide(now.facts())
    return Assigned(now.number, now.item.name, may, _held(conn, now.number, house.clock()), posts)


def _held(conn: Connection, case_number: str, at: datetime) -> list[Held]:
    a = assignment.c
    query = (
        select(assignment, post_table.c.name)
        .outerjoin(post_table, post_table.c.code == a.post)
        .where(a.case_number == case_number)
    )
    return [
        Held(
            row.id, row.name or row.post, frozenset(row.rights), row.mode, row.place, row.document,
            row.begins, row.ends, row.by,
            holds=row.begins <= at and (row.ends is None or row.ends > at),
        )
        for row in conn.execute(query.order_by(a.id.desc()).limit(SHOWN))
    ]  # fmt: skip


def _refused(house: House, conn: Connection, who: Account, case_number: str) -> Refused | None:
    """The error for an office that does not decide the case; the bureau may."""
    if who.role == "bureau":
        return None
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    if right.may_decide(now.facts()):
        return None
    return refuse(house, conn, "right.refused", now, right.Denied("receive_only"))


def _check(conn: Connection, one: Given) -> None:
    if one.mode not in MODES:
        raise BadInput(f"a case is given to another post by {', '.join(MODES)}")
    if not one.rights or not one.rights <= {"receive", "decide"}:
        raise BadInput("the rights are receive, decide, or both")
    found = conn.execute(select(post_table.c.code).where(post_table.c.code == one.post)).first()
    if found is None:
        raise BadInput("no such post: `zhongtai rights roster` shows them")
    if divisions.resolve(one.place) is None and not one.place.endswith(ELSEWHERE):
        raise BadInput("the place is a division of this city, or another province by its name")
    if one.ends is not None and one.ends <= one.begins:
        raise BadInput("an assignment ends after it begins")
