"""Cases that came to an end, noted in the transaction in which that lands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, select, text, update

from landing.place import Place
from landing.tables import finished

#: A case that was closed longer ago, when we first hear of it, is history and no news.
NEWS: Final = timedelta(days=30)
#: One end of a case is told once, whichever of its systems says so first.
_NOTE = text("""
INSERT INTO landing.finished
  (case_number, state, system, stream, key_hash, item_code, department, closed, at)
SELECT c.case_number, c.state, c.system, c.stream, c.key_hash, c.item_code, c.department,
       c.closed, :at
FROM landing."case" c
WHERE c.system = :system AND c.stream = :stream AND c.key_hash = ANY(:keys)
  AND c.state IN ('granted', 'refused', 'withdrawn') AND NOT c.withheld AND c.deleted_at IS NULL
  AND (c.closed IS NULL OR c.closed >= :news)
ORDER BY c.case_number
ON CONFLICT (case_number, state) DO NOTHING
""")


def note(conn: Connection, place: Place, keys: Sequence[str]) -> None:
    """Note those of these rows of cases (by the hashes of their keys) that are at their end."""
    if keys:
        asked = {"system": place.system, "stream": place.stream.name, "keys": list(keys)}
        conn.execute(_NOTE, {**asked, "at": place.at, "news": place.at - NEWS})


def untold(conn: Connection, most: int) -> list[int]:
    """The ids of cases whose end no entry tells yet, in order; held until the transaction ends."""
    f = finished.c
    query = select(f.id).where(f.entry.is_(None)).order_by(f.id).limit(most).with_for_update()
    return list(conn.execute(query).scalars())


def told(conn: Connection, ids: Sequence[int], entry: int) -> None:
    """That entry of the ledger tells of these."""
    f = finished.c
    conn.execute(update(finished).where(f.id.in_(list(ids))).values(entry=entry))
