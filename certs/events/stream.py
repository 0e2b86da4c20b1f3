"""The events in their order, read out of the ledger and of what its entries are about.

An entry is written in the transaction that it tells of, and the ledger's numbers have no gaps: who
reads on from a position misses nothing. Publishing writes nothing more for it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from certs.events import readers
from certs.events.kinds import Event, Position
from certs.events.readers import READERS
from ledger.events import moment

#: Entries of the ledger that are looked through at a time.
ENTRIES: Final = 2_000

_NEXT = text("""
SELECT seq, body FROM ledger.entry WHERE seq >= :low AND seq < :high
AND (body::jsonb ->> 'event') = ANY(:names) ORDER BY seq LIMIT 1
""")
_END = text("SELECT coalesce(max(seq) + 1, 0) FROM ledger.entry")


def end(conn: Connection) -> int:
    """The number that the ledger's next entry will have."""
    return int(conn.execute(_END).scalar_one())


def first_since(conn: Connection, at: datetime) -> int:
    """The number of the first entry of that time or later; the end where there is none."""
    wanted, low, high = moment(at), 0, end(conn)
    of = text("SELECT body::jsonb ->> 'at' FROM ledger.entry WHERE seq = :seq")
    while low < high:
        middle = (low + high) // 2
        if str(conn.execute(of, {"seq": middle}).scalar_one()) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def read(conn: Connection, start: Position) -> tuple[list[Event], Position]:
    """The next events from a position on, and the position behind them.

    An empty list whose position has not moved: there is nothing more yet.
    """
    last = end(conn)
    low = start.entry
    while low < last:
        high = min(low + ENTRIES, last)
        asked = {"low": low, "high": high, "names": sorted(READERS)}
        row = conn.execute(_NEXT, asked).one_or_none()
        if row is None:
            low = high
            continue
        place = start.place if row.seq == start.entry else 0
        found = list(READERS[_name(row)](conn, row.seq, json.loads(row.body), place))
        if len(found) == readers.PAGE:
            return found, Position(row.seq, found[-1].at.place + 1)
        if found:
            return found, Position(row.seq + 1, 0)
        low = row.seq + 1
    return [], Position(max(low, start.entry), 0) if low > start.entry else start


def one(conn: Connection, at: Position) -> Event | None:
    """The event at a position; None: what it told of was erased since."""
    query = text("SELECT seq, body FROM ledger.entry WHERE seq = :seq")
    row = conn.execute(query, {"seq": at.entry}).one_or_none()
    if row is None:
        return None
    found = next(READERS[_name(row)](conn, row.seq, json.loads(row.body), at.place), None)
    return found if found is not None and found.at == at else None


def _name(row: Row[Any]) -> str:
    return str(json.loads(row.body)["event"])
