"""One batch lands: first the object, then everything else in one transaction.

Killed anywhere and repeated, the end state is the same: the object has a fixed name and is replaced
whole; rows, quarantine, findings, the batch and the cursor commit together or not at all.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from kernel import logs
from kernel.batch import Batch
from kernel.db import lock
from kernel.house import House
from kernel.memory import steady
from landing import (
    bulk,
    cursors,
    findings,
    finished,
    measures,
    quarantine,
    rawobjects,
    rowstore,
    runs,
    schema,
)
from landing.ahead import ahead
from landing.columns import to_arrow
from landing.judged import Judged, judge
from landing.normalise import DELETE
from landing.outcomes import (
    DELETED,
    OUTCOMES,
    QUARANTINED,
    REPLACED,
    STORED,
    UNCHANGED,
    BatchCounts,
    Codes,
    Outcome,
)
from landing.place import Place
from landing.quarantine import Refused
from landing.tables import batch as batches
from registry.contract import Stream

__all__ = ["BatchCounts", "Outcome", "land_all", "land_batch"]


@dataclass(frozen=True)
class Kept:
    """A batch whose rows are kept as received."""

    place: Place
    seq: int
    batch: Batch
    table: pa.Table
    kept: rawobjects.Kept
    drift: schema.Drift


@dataclass(frozen=True)
class Ready:
    """A batch that is kept and judged, before it is stored.

    `first`: its rows as they are inserted when none of their keys is there, which is so while a
    stream is read for the first time; None when that has to be looked up. `measured`: its part of
    the run's measure. `told`: the batches before it had the same columns, and that is noted.
    """

    kept: Kept
    read: Judged
    measured: Mapping[str, Any]
    first: bulk.Block | None = None
    told: bool = False


def land_batch(
    house: House, system: str, stream: Stream, run: str, seq: int, batch: Batch
) -> BatchCounts:
    """Keep, check and store one batch of a stream. Repeating it changes nothing.

    Raises RetryLater when the object store or the database is away; nothing has landed then.
    """
    kept = _keep(house, system, stream, run, seq, batch)
    return store(house, _judged(house, kept))


def land_all(
    house: House, system: str, stream: Stream, run: str, first: int, given: Iterable[Batch]
) -> Generator[tuple[Batch, BatchCounts]]:
    """Land batches one after the other, as `land_batch` does each; `first`: the first one's number.

    While one is stored, the next ones are read, kept and judged. What is given out has landed.
    """
    steady()
    pa.set_memory_pool(pa.system_memory_pool())
    with house.engine.connect() as conn:
        new = not rowstore.holds_rows(conn, Place(system, stream, run, "", house.clock()))
    read = enumerate(ahead(given), first)
    kept = ahead(_keep(house, system, stream, run, seq, one) for seq, one in read)
    judged = ahead(_judged(house, one) for one in kept)
    last, times = None, 0
    for ready in ahead(_sealed(house, one) for one in judged) if new else judged:
        times = times + 1 if ready.kept.drift == last else 1
        last = ready.kept.drift
        yield ready.kept.batch, store(house, replace(ready, told=times > schema.SETTLED))


def _keep(house: House, system: str, stream: Stream, run: str, seq: int, batch: Batch) -> Kept:
    name = rawobjects.batch_id(system, stream.name, run, seq)
    place = Place(system, stream, run, name, house.clock())
    table = to_arrow(batch.frame)
    drift = schema.compare(house, place, table, batch.types)
    return Kept(place, seq, batch, table, rawobjects.keep(house, name, table, batch.raw), drift)


def _judged(house: House, kept: Kept) -> Ready:
    place = kept.place
    read = judge(house, place.system, place.stream, kept.table)
    read = schema.refuse(read, place.stream, kept.drift)
    return Ready(kept, read, measures.of_batch(place.stream, read))


def _sealed(house: House, ready: Ready) -> Ready:
    """With its rows as they are inserted in a stream that held nothing when its read began."""
    read = ready.read
    spots = np.flatnonzero(_outcomes(read, rowstore.nothing(len(read.spots))) == STORED)
    rows = rowstore.insertable(house, ready.kept.place, read.rows, read.hashes, spots)
    return replace(ready, first=rows)


def store(house: House, ready: Ready) -> BatchCounts:
    """Rows, quarantine, findings, the batch's own row, the run's counts and the cursor, in one
    transaction.
    """
    place, read, batch = ready.kept.place, ready.read, ready.kept.batch
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        outcome, known = _store_rows(house, conn, ready)
        deleted = _end_rows(house, conn, place, read, outcome, known)
        if place.stream.kind == "case":
            finished.note(conn, place, _named(read.hashes.keys, outcome == STORED))
        counts = _counts(read, outcome, len(batch.frame), deleted)
        if not ready.told:
            findings.close_mended(conn, place, read.table.column_names)
            schema.note(conn, place, ready.kept.drift)
        findings.record(conn, place, read.found)
        _note(conn, place, ready.kept, counts, {**batch.facts, **read.facts, **ready.measured})
        runs.add(conn, place, counts)
        if batch.cursor is not None:
            cursors.move(conn, place.system, place.stream.name, batch.cursor, place.at)
    _say(place, counts)
    return counts


def _say(place: Place, counts: BatchCounts) -> None:
    """Into the log, once it has landed."""
    names = {"run": place.run, "system": place.system, "stream": place.stream.name}
    figures = {
        name: getattr(counts, name)
        for name in ("rows", "stored", "unchanged", "quarantined", "deleted")
    }
    logs.info("batch landed", **names, batch=place.batch, **figures)


def _store_rows(house: House, conn: Connection, ready: Ready) -> tuple[Codes, rowstore.Known]:
    """Put the good rows; gives what became of each row, and what was known of it."""
    place, read = ready.kept.place, ready.read
    if ready.first is not None and _inserted(conn, place, ready.first):
        known = rowstore.only_refused(conn, place, read.hashes)
        return _outcomes(read, known), known
    known = rowstore.known(conn, place, read.hashes)
    outcome = _outcomes(read, known)
    stored = np.flatnonzero(outcome == STORED)
    rowstore.write(house, conn, place, read.rows, read.hashes, stored, known.there)
    return outcome, known


def _inserted(conn: Connection, place: Place, rows: bulk.Block) -> bool:
    """Whether the rows could be inserted: not when a key among them has come before."""
    try:
        with conn.begin_nested():
            rowstore.insert(conn, place, rows)
    except (IntegrityError, UniqueViolation):
        return False
    return True


def _end_rows(
    house: House, conn: Connection, place: Place, read: Judged, outcome: Codes,
    known: rowstore.Known,
) -> int:  # fmt: skip
    """End deleted rows, close and open quarantine entries. Gives how many rows ended."""
    keys = read.hashes.keys
    gone = outcome == DELETED
    deleted = rowstore.delete(conn, place, _named(keys, gone))
    quarantine.close(conn, place, _named(keys, gone & known.refused), "deleted")
    good = (outcome == STORED) | (outcome == UNCHANGED)
    quarantine.close(conn, place, _named(keys, good & known.refused), "mended")
    refused = [
        Refused(s, keys[s].as_py(), read.hashes.rows[s].as_py(), why, int(read.spots[s]) + 1)
        for s, why in read.refused.items()
    ]
    quarantine.refuse(house, conn, place, read.table, refused)
    rowstore.withhold(conn, place, [one.key_hash for one in refused])
    if place.stream.deletes and place.stream.deletes.sign == "absence":
        rowstore.remember_seen(conn, place, keys)
    return deleted


def _outcomes(read: Judged, known: rowstore.Known) -> Codes:
    found = np.where(known.same, UNCHANGED, STORED).astype(np.int8)
    operation: Any = read.rows.operation
    found[operation.to_numpy(zero_copy_only=False) == DELETE] = DELETED
    found[list(read.refused)] = QUARANTINED
    return found


def _named(keys: Any, chosen: Any) -> list[str]:
    found: list[str] = keys.take(np.flatnonzero(chosen)).to_pylist()
    return found


def _counts(read: Judged, outcome: Codes, received: int, deleted: int) -> BatchCounts:
    codes = np.full(received, REPLACED, np.int8)
    codes[read.spots] = outcome
    number = np.bincount(outcome, minlength=len(OUTCOMES)).tolist()
    return BatchCounts(
        rows=received,
        stored=number[STORED],
        quarantined=number[QUARANTINED],
        deleted=deleted,
        unchanged=number[UNCHANGED],
        codes=codes,
        reasons={int(read.spots[spot]): why.reason for spot, why in read.refused.items()},
    )


def _note(
    conn: Connection,
    place: Place,
    kept: Kept,
    counts: BatchCounts,
    facts: dict[str, Any],
) -> None:
    """The batch's own row. The same rows again keep the counts of the first time."""
    order = insert(batches).values(
        id=place.batch,
        system=place.system,
        stream=place.stream.name,
        run=place.run,
        seq=kept.seq,
        object=kept.kept.name,
        sha256=kept.kept.sha256,
        rows=counts.rows,
        stored=counts.stored,
        quarantined=counts.quarantined,
        facts={**facts, "kind": place.stream.kind, "content": kept.kept.content},
        landed_at=place.at,
    )
    new = order.excluded
    same = batches.c.facts["content"].astext == new.facts["content"].astext
    conn.execute(
        order.on_conflict_do_update(
            index_elements=[batches.c.id],
            set_={
                "sha256": new.sha256,
                "rows": new.rows,
                "stored": case((same, batches.c.stored), else_=new.stored),
                "quarantined": new.quarantined,
                "facts": new.facts,
                "landed_at": new.landed_at,
            },
        )
    )
