"""The end of a stream's sync: what is gone at the source ends here too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    delete,
    exists,
    select,
    update,
)

from kernel.db import lock
from kernel.house import House
from landing import assertions, bulk, cursors, measures, shortfall
from landing.ahead import ahead
from landing.columns import Column as Keys
from landing.columns import Mask, take, to_arrow
from landing.place import Place
from landing.rawrows import key_hashes
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
            ended = _end_unless(conn, place, seen, _seen_since(place, started), True, accepted)
            conn.execute(delete(seen).where(place.mine(seen), seen.c.run != run))
        cursors.complete(conn, system, stream.name, started)
        assertions.settle(house, conn, place, started, ended)
    return ended


def reconcile(
    house: House,
    system: str,
    stream: Stream,
    run: str,
    keys: Iterable[pd.DataFrame],
    accepted: bool = False,
) -> int:
    """End the rows and quarantine entries whose key is not among `keys`, all that the source has.

    Entries without a key stay while the source has a row without one. Gives how many rows ended.
    Raises Disagrees when that is too much (`landing.shortfall`), unless a person has `accepted` it.
    """
    place = Place(system, stream, run, "", house.clock())
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        live = Table(
            "live_key",
            MetaData(),
            Column("key_hash", Text),
            prefixes=["TEMPORARY"],
            postgresql_on_commit="DROP",
        )
        live.create(conn, checkfirst=False)
        keyless = False
        for hashes, bare in ahead(_hashed(house, system, stream, keys)):
            keyless = keyless or bool(bare.any())
            if not bare.all():
                bulk.copy(conn, live, {"key_hash": take(hashes, np.flatnonzero(~bare))}, {})
        ended = _end_unless(conn, place, live, [], not keyless, accepted)
        live.drop(conn)
        measures.add_ended(conn, place, ended)
    return ended


def _hashed(
    house: House, system: str, stream: Stream, keys: Iterable[pd.DataFrame]
) -> Iterator[tuple[Keys, Mask]]:
    for frame in ahead(keys):
        yield key_hashes(house, system, stream, to_arrow(frame))


def _landed(conn: Connection, place: Place, started: datetime) -> bool:
    """Whether a batch of this run has landed since the read began."""
    this_run = (place.mine(batch), batch.c.run == place.run, batch.c.landed_at >= started)
    return conn.scalar(select(batch.c.id).where(*this_run).limit(1)) is not None


def _seen_since(place: Place, started: datetime) -> list[ColumnElement[bool]]:
    return [place.mine(seen), seen.c.run == place.run, seen.c.at >= started]


def _end_unless(
    conn: Connection,
    place: Place,
    live: Table,
    extra: list[ColumnElement[bool]],
    keyless: bool,
    accepted: bool,
) -> int:
    """End what has no key in `live`; entries without a key only when `keyless`. Gives the rows."""
    table = place.table
    rows = [place.mine(table), table.c.deleted_at.is_(None)]
    if "provisional" in table.c:  # its own system has not confirmed it yet: absence says nothing
        rows.append(~table.c.provisional)
    gone = ~exists().where(live.c.key_hash == table.c.key_hash, *extra)
    ended = conn.execute(
        update(table).where(*rows, gone).values(deleted_at=place.at, withheld=False)
    )
    shortfall.hold(conn, place, rows, ended.rowcount, accepted)
    entries = [place.mine(quarantine), quarantine.c.closed_at.is_(None)]
    if not keyless:
        entries.append(quarantine.c.rule != "key")
    gone = ~exists().where(live.c.key_hash == quarantine.c.key_hash, *extra)
    conn.execute(
        update(quarantine).where(*entries, gone).values(closed_at=place.at, closed_by="deleted")
    )
    return ended.rowcount
