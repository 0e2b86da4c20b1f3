"""Tickets by which the one-window brings a clerk in: once, for a minute, for one case.

Only the keyed hash of a ticket is kept. A used or late one stays for a day, so that it is known
for what it is when it comes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, delete, insert, select, update

from registry.tables import ticket

LASTS: Final = timedelta(minutes=1)
KEPT: Final = timedelta(days=1)
State = Literal["good", "used", "late"]


@dataclass(frozen=True)
class Ticket:
    """Whom it brings in, at which post, and for which case."""

    account: str
    post: str
    case: str


def give(conn: Connection, key: str, one: Ticket, now: datetime) -> datetime:
    """Keep a new ticket (`key`: its keyed hash); until when it is good."""
    ends = now + LASTS
    conn.execute(delete(ticket).where(ticket.c.ends <= now - KEPT))
    about = {"account": one.account, "post": one.post, "case_number": one.case}
    conn.execute(insert(ticket).values(key=key, ends=ends, **about))
    return ends


def take(conn: Connection, key: str, now: datetime) -> tuple[State, Ticket] | None:
    """Use a ticket; of two at the same moment one wins. None: there never was such a one."""
    t = ticket.c
    mine = update(ticket).where(t.key == key, t.used_at.is_(None), t.ends > now)
    taken = conn.execute(mine.values(used_at=now).returning(t.key)).first() is not None
    row = conn.execute(select(ticket).where(t.key == key)).one_or_none()
    if row is None:
        return None
    state: State = "good" if taken else "used" if row.used_at is not None else "late"
    return state, Ticket(row.account, row.post, row.case_number)
