"""Tickets: a clerk's way in for one case. A ticket is 32 random bytes; only its digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, delete, insert, select, update

from registry.tables import ticket

#: Time between the one-window's call and the clerk's browser.
LASTS: Final = timedelta(minutes=1)
#: A used one is known so long, so that a second use is told from a ticket that never was.
KNOWN: Final = timedelta(days=1)
LONGEST: Final = 64


@dataclass(frozen=True)
class Taken:
    """A known ticket. `how`: good (it is used up now), used before, or too late."""

    account: str
    case_number: str
    how: Literal["good", "used", "late"]


def make(conn: Connection, account: str, case_number: str, now: datetime) -> str:
    """A new ticket, and an end to those that nobody need know of any more."""
    conn.execute(delete(ticket).where(ticket.c.expires_at <= now - KNOWN))
    text = secrets.token_urlsafe(32)
    row = {"digest": _digest(text), "account": account, "case_number": case_number}
    conn.execute(insert(ticket).values(**row, expires_at=now + LASTS))
    return text


def take(conn: Connection, text: str, now: datetime) -> Taken | None:
    """Use a ticket up; None: there is none like that."""
    if not text or len(text) > LONGEST:
        return None
    mine = ticket.c.digest == _digest(text)
    good = mine & ticket.c.used_at.is_(None) & (ticket.c.expires_at > now)
    columns = (ticket.c.account, ticket.c.case_number)
    row = conn.execute(update(ticket).where(good).values(used_at=now).returning(*columns)).first()
    if row is not None:
        return Taken(row.account, row.case_number, "good")
    known = conn.execute(select(*columns, ticket.c.used_at).where(mine)).first()
    if known is None:
        return None
    return Taken(known.account, known.case_number, "late" if known.used_at is None else "used")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
