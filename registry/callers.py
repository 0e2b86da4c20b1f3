"""Calling systems: what each may ask, from where, how often and until when; who approved it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused
from registry import departments, licence_types
from registry.accounts import Account
from registry.moves import role_of
from registry.tables import caller, caller_count
from registry.typed import plain

Operation = Literal["types", "plan", "answer", "data", "copy", "verify"]
OPERATIONS: tuple[str, ...] = get_args(Operation)
EVERY = "*"
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
SECRET = re.compile(r"[A-Z][A-Z0-9_]{2,59}")
#: A grant lasts two years at most: then somebody looks at it again.
LONGEST = timedelta(days=731)
#: Calls that one grant may name a minute and a day, at most.
MOST = {"per_minute": 6_000, "per_day": 2_000_000}


@dataclass(frozen=True)
class NewGrant:
    """What is applied for. `secret`: the name of the secret with the key, never the key."""

    code: str
    name: str
    department: str
    secret: str
    operations: tuple[str, ...]
    items: tuple[str, ...]
    types: tuple[str, ...]
    networks: tuple[str, ...]
    per_minute: int
    per_day: int
    begins: datetime
    ends: datetime
    document: str


@dataclass(frozen=True)
class Grant(NewGrant):
    """A grant as recorded."""

    id: int
    by: str
    at: datetime
    approved_by: str | None
    approved_at: datetime | None
    paused_at: datetime | None
    paused_by: str | None
    paused_why: str | None

    def covers(self, kind: Literal["items", "types"], name: str) -> bool:
        """Whether it names this item or licence type, or all."""
        named = {"items": self.items, "types": self.types}[kind]
        return EVERY in named or name in named


def apply(conn: Connection, who: Account, new: NewGrant, at: datetime) -> int:
    """Ask for a grant; its number. It counts once another person has approved it.

    An officer asks for the own department, the bureau for any. Raises BadInput, Refused.
    """
    role_of(who, ("officer", "bureau"), "ask for a calling system's grant")
    if who.role == "officer" and who.department != new.department:
        raise Refused("an officer asks for the own department's systems", reason="department")
    _check_names(new)
    _check_lists(new)
    _check_limits(new)
    values = {
        **{name: list(getattr(new, name)) for name in ("operations", "items", "types", "networks")},
        **{name: getattr(new, name) for name in ("code", "department", "secret", "begins", "ends")},
        **{name: getattr(new, name) for name in MOST},
        "name": plain(new.name, "the system's name"),
        "document": plain(new.document, "the document's number"),
    }
    row = insert(caller).values(**values, by=who.name, at=at).returning(caller.c.id)
    number: int = conn.execute(row).scalar_one()
    return number


def _check_names(new: NewGrant) -> None:
    if not CODE.fullmatch(new.code):
        raise BadInput("a caller's code is 2 to 40 of a-z, 0-9 and _, a letter first")
    if not SECRET.fullmatch(new.secret):
        raise BadInput("secret is the name of a secret, like KIOSK_KEY: capitals, digits and _")
    if new.department not in departments.load():
        raise BadInput("no such department in the registry")


def _check_lists(new: NewGrant) -> None:
    unknown = sorted(set(new.operations) - set(OPERATIONS))
    if unknown or not new.operations:
        raise BadInput(f"operations are some of {', '.join(OPERATIONS)}")
    if not new.items or not new.types or not new.networks:
        raise BadInput("a grant names at least one item, one licence type and one network")
    if any(len(one) > 100 or "\0" in one for one in new.items):
        raise BadInput("an item is named by its id of at most 100 characters, or *")
    if set(new.types) - {EVERY} - licence_types.load().keys():
        raise BadInput("a licence type of the grant is not in the registry; * names all")
    for one in new.networks:
        _network(one)


def _check_limits(new: NewGrant) -> None:
    for name, most in MOST.items():
        if not 1 <= getattr(new, name) <= most:
            raise BadInput(f"{name} is 1 to {most:,} calls")
    if new.begins.tzinfo is None or new.ends.tzinfo is None:
        raise BadInput("begins and ends need a time zone")
    if not timedelta(0) < new.ends - new.begins <= LONGEST:
        raise BadInput("a grant ends after it begins, two years later at most")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise BadInput("a network is an address range like 10.36.0.0/16") from None


def approve(conn: Connection, who: Account, number: int, at: datetime) -> Grant:
    """The second person's yes: from now on it is the code's grant. Raises BadInput, Refused.

    A pause of the grant before it stays until somebody ends it: it was about the system.
    """
    role_of(who, ("bureau",), "approve a calling system's grant")
    row = conn.execute(select(caller).where(caller.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise BadInput(f"no application {number}: `zhongtai callers list` shows them")
    if row.approved_at is not None:
        raise BadInput(f"application {number} is approved already")
    if row.by == who.name:
        raise Refused("another person approves what you asked for", reason="caller_same_person")
    before = current(conn, row.code)
    done = {"approved_by": who.name, "approved_at": at} | (_pause_of(before) if before else {})
    changed = update(caller).where(caller.c.id == number).values(**done).returning(*caller.c)
    return _grant(conn.execute(changed).one())


def _pause_of(grant: Grant) -> dict[str, object]:
    return {name: getattr(grant, name) for name in ("paused_at", "paused_by", "paused_why")}


def pause(conn: Connection, who: Account, code: str, why: str, at: datetime) -> Grant:
    """No call of it is taken from now on. Raises BadInput, Refused."""
    said = {"paused_at": at, "paused_by": who.name, "paused_why": plain(why, "why")}
    return _move(conn, who, code, said)


def resume(conn: Connection, who: Account, code: str) -> Grant:
    """Its calls are taken again. Raises BadInput, Refused."""
    return _move(conn, who, code, dict.fromkeys(("paused_at", "paused_by", "paused_why")))


def _move(conn: Connection, who: Account, code: str, said: Mapping[str, object]) -> Grant:
    role_of(who, ("bureau", "ops"), "pause and resume calling systems")
    now = current(conn, code)
    if now is None:
        raise BadInput("no approved grant of that code: `zhongtai callers list` shows them")
    conn.execute(update(caller).where(caller.c.id == now.id).values(**said))
    return now


def listed(conn: Connection) -> list[Grant]:
    """Every grant and application, by code, the newest first."""
    rows = conn.execute(select(caller).order_by(caller.c.code, caller.c.id.desc()))
    return [_grant(row) for row in rows]


def current(conn: Connection, code: str) -> Grant | None:
    """The grant that counts: the newest approved one of the code, paused or not."""
    t = caller.c
    query = select(caller).where(t.code == code, t.approved_at.is_not(None))
    row = conn.execute(query.order_by(t.id.desc()).limit(1)).one_or_none()
    return _grant(row) if row is not None else None


def wrong_by_time(grant: Grant, at: datetime) -> str | None:
    """Why the grant does not count now: a reason code, or None."""
    if grant.paused_at is not None:
        return "caller_paused"
    if at < grant.begins:
        return "caller_grant_not_yet"
    return "caller_grant_over" if at >= grant.ends else None


def inside(networks: Sequence[str], address: str) -> bool:
    """Whether the address lies in one of the networks; what is no address lies in none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in _network(one) for one in networks)


def spend(conn: Connection, grant: Grant, at: datetime) -> str | None:
    """Count one call. Gives the reason code where the quota is used up."""
    city = at.astimezone(CITY_TIME)
    slots = (
        (f"{city:%Y-%m-%dT%H:%M}", grant.per_minute, "caller_over_minute"),
        (f"{city:%Y-%m-%d}", grant.per_day, "caller_over_day"),
    )
    conn.execute(delete(caller_count).where(caller_count.c.at < at - timedelta(days=2)))
    for slot, most, reason in slots:
        order = upsert(caller_count).values(code=grant.code, slot=slot, calls=1, at=at)
        more = order.on_conflict_do_update(
            index_elements=["code", "slot"],
            # Refused calls are not counted on, so that the number cannot outgrow its column.
            set_={"calls": func.least(caller_count.c.calls + 1, most + 1)},
        )
        if conn.execute(more.returning(caller_count.c.calls)).scalar_one() > most:
            return reason
    return None


def _grant(row: Row[Any]) -> Grant:
    said = dict(row._mapping)
    lists = {name: tuple(said[name]) for name in ("operations", "items", "types", "networks")}
    return Grant(**{**said, **lists})
