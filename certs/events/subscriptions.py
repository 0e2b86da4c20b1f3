"""Who is told of events: proposed by a department or by operations, approved by the bureau.

Every function works inside the caller's transaction and writes the ledger's entry with the row.
Raises Refused for who may not, BadInput for what cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from certs.events import stream, through
from certs.events.kinds import Position
from certs.events.message import key_of
from certs.events.post import check_address, check_url, resolve
from certs.events.receivers import SYSTEM, Wanted, check
from certs.events.tables import letter, subscription
from kernel.db import lock
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing import findings
from ledger import log
from ledger.events import EventName, event
from registry.accounts import Account

#: Nothing was told before, and nobody asks for what comes later than in a year.
FIRST_YEAR, AHEAD = 2000, timedelta(days=366)
#: Entries are written by several processes, whose times may differ by that.
SLACK: Final = timedelta(minutes=1)


def propose(house: House, conn: Connection, who: Account, wanted: Wanted) -> int:
    """A department's officer for the own department, or operations; its number."""
    if who.role not in ("officer", "ops"):
        _refuse("只有部门数据专员和运维人员可以登记事件接收方。", "role")
    if who.role == "officer" and wanted.department != who.department:
        _refuse("只能为本部门登记事件接收方。", "other_department")
    check(wanted)
    through.check(house, wanted.department, wanted.url)
    at = house.clock()
    if wanted.since is not None:
        _check_time(wanted.since, at)
    if conn.execute(select(subscription.c.id).where(subscription.c.name == wanted.name)).first():
        raise BadInput(f"there is a receiver named {wanted.name}: use another name")
    values = {
        **vars(wanted),
        "kinds": sorted(set(wanted.kinds)),
        "types": sorted(set(wanted.types)),
        "departments": sorted(set(wanted.departments)),
        "since": wanted.since or at,
        "proposed_by": who.name,
        "proposed_at": at,
        "addresses": [],
        "entry": stream.end(conn),
        "place": 0,
        "tries": 0,
    }
    order = insert(subscription).values(values).returning(subscription.c.id)
    number = int(conn.execute(order).scalar_one())
    about = {"department": wanted.department, "number": number, "kind": "receiver"}
    log.append(conn, event(at, "subscription.proposed", who.name, **about))
    return number


def approve(
    house: House, conn: Connection, who: Account, number: int, addresses: Sequence[str]
) -> None:
    """The bureau's yes, to exactly these IP addresses. From then on it is told."""
    _bureau(who)
    one = _held(conn, number)
    if one.approved_at is not None:
        raise BadInput(f"receiver {number} was approved by {one.approved_by}")
    scheme = check_url(one.url).scheme
    named = sorted({check_address(text, scheme) for text in addresses})
    found = resolve(one.url)
    if named != found:
        there = ", ".join(found) or "none"
        raise BadInput(f"approve the addresses that the receiver's name has: {there}")
    key_of(house.secrets.get(one.secret))
    at = house.clock()
    values = {"approved_by": who.name, "approved_at": at, "addresses": named}
    values["entry"] = stream.first_since(conn, one.since - SLACK)
    _set(conn, number, values)
    _told(conn, at, "subscription.approved", who, one)


def end(house: House, conn: Connection, who: Account, number: int) -> None:
    """No more is told: by the bureau, operations, or the department whose receiver it is."""
    one = _held(conn, number)
    mine = who.role == "officer" and who.department == one.department
    if not mine and who.role not in ("bureau", "ops"):
        _refuse("只有审批局、运维人员或接收方所属部门可以终止。", "role")
    at = house.clock()
    _set(conn, number, {"ended_by": who.name, "ended_at": at})
    findings.close_of(conn, SYSTEM, one.name, at)
    _told(conn, at, "subscription.ended", who, one)


def replay(
    house: House, conn: Connection, who: Account, number: int, start: datetime | int
) -> Position:
    """Tell everything again from a time, or from an entry of the ledger; where it begins.

    Nothing from before the time that the bureau approved. It also starts a receiver that was given
    up. Ids stay, so that it can drop what it has.
    """
    if who.role not in ("ops", "bureau"):
        _refuse("只有运维人员和审批局可以重放事件。", "role")
    one = _held(conn, number)
    if one.approved_at is None:
        raise BadInput(f"receiver {number} is not approved yet: there is nothing to tell again")
    if isinstance(start, datetime):
        _check_time(start, house.clock())
        if start < one.since:
            raise BadInput(f"receiver {number} was approved for what happens from {one.since} on")
    entry = stream.first_since(conn, start - SLACK) if isinstance(start, datetime) else start
    if not 0 <= entry <= one.entry:
        raise BadInput(
            f"receiver {number} is at entry {one.entry} of the ledger: name that or an earlier "
            "one, so that nothing is skipped"
        )
    again = {"entry": entry, "place": 0, "tries": 0, "failing_since": None}
    values: dict[str, Any] = {**again, "next_at": None, "stopped_at": None}
    _set(conn, number, values)
    behind = (letter.c.subscription == number, letter.c.entry >= entry)
    conn.execute(delete(letter).where(*behind))
    at = house.clock()
    left = select(letter.c.id).where(letter.c.subscription == number, letter.c.dead_at.is_not(None))
    dead = conn.execute(left.limit(1)).first() is not None
    for kind in ("webhook_away", "webhook_stopped", *(() if dead else ("webhook_dead",))):
        findings.close_of(conn, SYSTEM, one.name, at, kind)
    _told(conn, at, "subscription.replayed", who, one, first_id=entry)
    return Position(entry, 0)


def _check_time(at: datetime, now: datetime) -> None:
    if at.year < FIRST_YEAR or at.year > now.year + 1 or at > now + AHEAD:
        raise BadInput(f"a time from which to tell is from {FIRST_YEAR} on, at most a year ahead")


def _bureau(who: Account) -> None:
    if who.role != "bureau":
        _refuse("只有审批局可以批准事件接收方。", "role")


def _refuse(said: str, reason: str) -> None:
    raise Refused(said, reason=reason)


def _held(conn: Connection, number: int) -> Row[Any]:
    """The row, held for this transaction, and not while its receiver is being told."""
    lock(conn, f"events/{number}")
    query = select(subscription).where(
        subscription.c.id == number, subscription.c.ended_at.is_(None)
    )
    row = conn.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise BadInput(f"no receiver {number}: `zhongtai events list` shows them")
    return row


def _set(conn: Connection, number: int, values: dict[str, Any]) -> None:
    conn.execute(update(subscription).where(subscription.c.id == number).values(values))


def _told(
    conn: Connection, at: datetime, name: EventName, who: Account, one: Row[Any], **more: Any
) -> None:
    about = {"department": one.department, "number": one.id, "kind": "receiver", **more}
    log.append(conn, event(at, name, who.name, **about))
