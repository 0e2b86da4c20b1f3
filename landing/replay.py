"""Judge refused rows again by the contract as it is now, from their sealed raw rows.

Killed anywhere and repeated, the end state is the same: a chunk is one transaction, and a row
whose entry is closed is not looked at again. A row that was stored or deleted after the entry was
last seen stays as it is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, Row, select, update

from kernel.batch import BAD
from kernel.crypto import decrypt
from kernel.db import lock
from kernel.house import House
from landing import assertions, findings, lookups, marked, rowstore, schema
from landing.columns import is_mask, listed, take
from landing.judged import Judged, judge
from landing.normalise import DELETE
from landing.place import Place, any_of, raw_place, seal_key
from landing.tables import quarantine
from registry.contract import Stream

CHUNK = 1000


@dataclass
class Replayed:
    """What became of the open entries. `superseded`: a newer row was stored or deleted since."""

    looked_at: int = 0
    stored: int = 0
    deleted: int = 0
    refused: int = 0
    superseded: int = 0


def replay(house: House, system: str, stream: Stream) -> Replayed:
    """Judge every open entry of a stream again; close those that pass. Repeatable."""
    done, last = Replayed(), 0
    place = Place(system, stream, "", "", house.clock())
    while True:
        with house.engine.begin() as conn:
            lock(conn, place.lock)
            rows = _chunk(conn, place, last)
            if not rows:
                findings.close_categories(conn, place)
                assertions.settle_quarantine(house, conn, place, None)
                return done
            last = rows[-1].id
            for group in _by_columns(house, place, rows):
                _again(house, conn, place, group, done)


def _chunk(conn: Connection, place: Place, last: int) -> Sequence[Row[Any]]:
    query = select(quarantine).where(
        place.mine(quarantine), quarantine.c.closed_at.is_(None), quarantine.c.id > last
    )
    return conn.execute(query.order_by(quarantine.c.id).limit(CHUNK)).all()


@dataclass(frozen=True)
class _Group:
    """Entries whose raw rows have the same columns, and those rows."""

    entries: list[Row[Any]]
    table: pa.Table


def _by_columns(house: House, place: Place, rows: Sequence[Row[Any]]) -> list[_Group]:
    key = seal_key(house, place.system, place.stream.name)
    groups: dict[tuple[str, ...], list[tuple[Row[Any], dict[str, str | None]]]] = defaultdict(list)
    for row in rows:
        bound = raw_place(place.system, place.stream.name, row.key_hash)
        raw = json.loads(decrypt(key, row.sealed, bound))
        if row.rule == marked.UNREADABLE:  # no contract mends it: only its source can
            raw[BAD] = row.reason
        groups[tuple(sorted(raw))].append((row, raw))
    return [
        _Group([row for row, _ in pairs], _table(names, [raw for _, raw in pairs]))
        for names, pairs in groups.items()
    ]


def _table(names: tuple[str, ...], raws: list[dict[str, str | None]]) -> pa.Table:
    fields = pa.schema([(name, pa.large_string()) for name in names])
    return pa.Table.from_pylist(raws, fields)


def _again(house: House, conn: Connection, place: Place, group: _Group, done: Replayed) -> None:
    """Judge one group and write what became of it."""
    stream = place.stream
    read = judge(house, place.system, stream, group.table)
    drift = schema.of_row(house, place, read.rows.new, read.rows.missing)
    read = schema.refuse(read, stream, drift)
    entries = [group.entries[spot] for spot in read.spots]
    done.looked_at += len(entries)
    late = _superseded(conn, place, read, entries)
    _keep_refused(conn, read, entries, late)
    passed = [s for s in range(len(entries)) if s not in read.refused and s not in late]
    deleted = is_mask(read.rows.operation, DELETE)
    gone = [s for s in passed if deleted[s]]
    good = [s for s in passed if not deleted[s]]
    _store(house, conn, place, read, entries, good)
    rowstore.delete(conn, place, listed(take(read.hashes.keys, gone)))
    used = lookups.touched(stream, read.table)
    _close(conn, place, [entries[s] for s in good if used[s]], "lookup")
    _close(conn, place, [entries[s] for s in good if not used[s]], "replay")
    _close(conn, place, [entries[s] for s in gone], "deleted")
    _close(conn, place, [entries[s] for s in late], "mended")
    done.stored += len(good)
    done.deleted += len(gone)
    done.superseded += len(late)
    done.refused += len(set(read.refused) - late)


def _superseded(
    conn: Connection, place: Place, read: Judged, entries: Sequence[Row[Any]]
) -> set[int]:
    """Spots whose row was stored or deleted since, or is stored with a newer source time."""
    table, keys = place.table, listed(read.hashes.keys)
    known = select(
        table.c.key_hash, table.c.landed_at, table.c.deleted_at, table.c.withheld,
        table.c.source_time,
    ).where(place.mine(table), any_of(table.c.key_hash, keys))  # fmt: skip
    stored = {row.key_hash: row for row in conn.execute(known)}
    times = read.rows.plain.get("source_time")
    late = set()
    for spot, entry in enumerate(entries):
        row = stored.get(keys[spot])
        if row is None:
            continue
        since = row.deleted_at or row.landed_at
        own = times[spot].as_py() if times is not None else None
        newer = own is not None and row.source_time is not None and row.source_time > own
        if since > entry.last_seen or (newer and row.deleted_at is None):
            late.add(spot)
    return late


def _keep_refused(
    conn: Connection, read: Judged, entries: Sequence[Row[Any]], late: set[int]
) -> None:
    """Bring the reason up to date; when it was seen, and in which batch, stays."""
    for spot, why in read.refused.items():
        entry = entries[spot]
        if spot in late or (entry.rule, entry.reason) == (why.rule, why.reason):
            continue
        new = {"rule": why.rule, "column": why.column, "reason": why.reason}
        conn.execute(update(quarantine).where(quarantine.c.id == entry.id).values(**new))


def _store(
    house: House,
    conn: Connection,
    place: Place,
    read: Judged,
    entries: Sequence[Row[Any]],
    good: list[int],
) -> None:
    """Write the rows under the batch and run that they came with."""
    by_batch: dict[tuple[str, str], list[int]] = defaultdict(list)
    for spot in good:
        by_batch[entries[spot].batch, entries[spot].run].append(spot)
    there = rowstore.known(conn, place, read.hashes).there
    for (batch, run), spots in by_batch.items():
        origin = replace(place, batch=batch, run=run)
        chosen = np.array(spots, np.int64)
        rowstore.write(house, conn, origin, read.rows, read.hashes, chosen, there)


def _close(conn: Connection, place: Place, entries: Sequence[Row[Any]], by: str) -> None:
    if entries:
        numbers = [entry.id for entry in entries]
        closed = {"closed_at": place.at, "closed_by": by}
        conn.execute(update(quarantine).where(quarantine.c.id.in_(numbers)).values(**closed))
