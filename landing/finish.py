"""The end of a stream's sync: what is gone at the source ends here too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, select, update

from kernel.db import lock
from kernel.house import House
from landing import assertions, cursors, shortfall
from landing.place import Place
from landing.reconcile import live_rows
from landing.tables import batch, quarantine, seen
from registry.contract import Stream


def finish_stream(
    house: House,
    system: str,
    stream: Stream,
    run: str,
    started: datetime,
    absent_deletes: bool,
    accepted: bool = False,
) -> int:
    """Note that a sync begun at `started` has landed whole. Gives how many rows ended.

    With `absent_deletes` (a full read) rows and quarantine entries that no batch of this run gave
    since `started` end. A run that landed no batch read nothing and ends nothing.
    Raises Disagrees when that is too much (`landing.shortfall`), unless a person has `accepted` it.
    """
    place = Place(system, stream, run, "", house.clock())
    ended = 0
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        if absent_deletes and _landed(conn, place, started):
            ended = _end_unseen(conn, place, _seen_since(place, started), accepted)
            conn.execute(delete(seen).where(place.mine(seen), seen.c.run != run))
        cursors.complete(conn, system, stream.name, started)
        assertions.settle(house, conn, place, started, ended)
    return ended


def _landed(conn: Connection, place: Place, started: datetime) -> bool:
    """Whether a batch of this run has landed since the read began."""
    this_run = (place.mine(batch), batch.c.run == place.run, batch.c.landed_at >= started)
    return conn.scalar(select(batch.c.id).where(*this_run).limit(1)) is not None


def _seen_since(place: Place, started: datetime) -> list[ColumnElement[bool]]:
    return [place.mine(seen), seen.c.run == place.run, seen.c.at >= started]


def _end_unseen(
    conn: Connection, place: Place, extra: list[ColumnElement[bool]], accepted: bool
) -> int:
    """End the rows and quarantine entries that the read has not seen. Gives how many rows."""
    table, rows = place.table, live_rows(place)
    gone = ~exists().where(seen.c.key_hash == table.c.key_hash, *extra)
    ended = conn.execute(
        update(table).where(*rows, gone).values(deleted_at=place.at, withheld=False)
    )
    shortfall.hold(conn, place, rows, ended.rowcount, accepted)
    entries = [place.mine(quarantine), quarantine.c.closed_at.is_(None)]
    gone = ~exists().where(seen.c.key_hash == quarantine.c.key_hash, *extra)
    conn.execute(
        update(quarantine).where(*entries, gone).values(closed_at=place.at, closed_by="deleted")
    )
    return ended.rowcount
