"""What is counted and remembered of sign-ins: failures, which lock out, and sessions that ended.

Kept in the database, so that a restart forgets nothing and every process knows. A key is a keyed
hash of what was tried and from where: neither a name that somebody typed nor an address is kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from registry.tables import session_end, signin_try

WINDOW: Final = timedelta(minutes=15)
#: Failures within the window after which one waits: of a name from an address, of a name from
#: anywhere, of an address.
ALLOWED: Final = {"pair": 5, "name": 20, "address": 60}


def wait(conn: Connection, keys: dict[str, str], now: datetime) -> timedelta | None:
    """How long to wait, or None. `keys`: kind (as in ALLOWED) -> keyed hash."""
    t = signin_try.c
    recent = (
        select(t.key, t.at, func.row_number().over(partition_by=t.key, order_by=t.at.desc()))
        .where(t.key.in_(keys.values()), t.at > now - WINDOW)
        .order_by(t.at.desc())
    )
    at = {(key, int(place)): when for key, when, place in conn.execute(recent)}
    waits = [
        at[(keys[kind], allowed)] + WINDOW - now
        for kind, allowed in ALLOWED.items()
        if (keys[kind], allowed) in at
    ]
    return max(waits, default=None)


def failed(conn: Connection, keys: dict[str, str], now: datetime) -> None:
    """Count one failure, and forget those that no longer count."""
    conn.execute(delete(signin_try).where(signin_try.c.at <= now - WINDOW))
    conn.execute(insert(signin_try), [{"key": key, "at": now} for key in keys.values()])


def forget(conn: Connection, key: str) -> None:
    """A sign-in worked, or an administrator unlocks: forget the failures of that key."""
    conn.execute(delete(signin_try).where(signin_try.c.key == key))


def end_session(conn: Connection, session: str, until: datetime, now: datetime) -> None:
    """A session ends before its time. `until`: when it would have ended anyway."""
    conn.execute(delete(session_end).where(session_end.c.until <= now))
    row = insert(session_end).values(id=session, until=until)
    conn.execute(row.on_conflict_do_nothing())
