"""Tickets by which the city's app brings a signed-in holder to the applicant's pages: once.

Only keyed hashes are kept, of the ticket and of the holder's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert

from registry.tables import visit

LASTS: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Holder:
    """Who came (keyed hash), and whether a signed result proved that they are there."""

    holder: str
    proved: bool


def give(conn: Connection, key: str, one: Holder, now: datetime) -> datetime:
    """Keep a new ticket (`key`: its keyed hash); until when it is good."""
    ends = now + LASTS
    conn.execute(delete(visit).where(visit.c.ends <= now))
    about = {"holder_hash": one.holder, "proved": one.proved}
    conn.execute(insert(visit).values(key=key, ends=ends, **about))
    return ends


def take(conn: Connection, key: str, now: datetime) -> Holder | None:
    """Use a ticket; None where it is none, or used, or too old."""
    v = visit.c
    mine = delete(visit).where(v.key == key, v.ends > now).returning(v.holder_hash, v.proved)
    row = conn.execute(mine).one_or_none()
    return Holder(row.holder_hash, row.proved) if row is not None else None
