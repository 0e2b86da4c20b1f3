"""One batch lands: first the object, then everything else in one transaction.

Killed anywhere and repeated, the end state is the same: the object has a fixed name and is replaced
whole; rows, quarantine, findings, the batch and the cursor commit together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
from sqlalchemy import Connection, case
from sqlalchemy.dialects.postgresql import insert

from kernel.batch import Batch
from kernel.db import lock
from kernel.house import House
from landing import cursors, findings, quarantine, rawobjects, rowstore
from landing.checks import check
from landing.finish import finish_stream, reconcile
from landing.normalise import DELETE, Normalised, normalise
from landing.place import Place
from landing.rawrows import RowHashes, hashes, to_arrow
from landing.reasons import keyless, refusal
from landing.tables import batch as batches
from registry.contract import Stream

__all__ = ["BatchCounts", "Outcome", "finish_stream", "land_batch", "reconcile"]

#: What became of a row; `replaced`: a later row of the batch has the same key.
Outcome = Literal["stored", "unchanged", "deleted", "quarantined", "replaced"]


@dataclass(frozen=True)
class BatchCounts:
    """What became of a batch. `rows` counts what came, the others distinct keys.

    `outcomes`: one a row, in order. `reasons`: row → why it is in quarantine, never with a value.
    """

    rows: int
    stored: int
    quarantined: int
    deleted: int
    unchanged: int
    outcomes: tuple[Outcome, ...] = ()
    reasons: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Read:
    """A batch as read: the last row of each key, where it stood in the batch, and its verdict."""

    table: pa.Table
    spots: list[int]
    hashes: RowHashes
    rows: Normalised
    refused: list[quarantine.Refused]
    found: list[findings.Finding]
    facts: dict[str, Any]


def land_batch(
    house: House, system: str, stream: Stream, run: str, seq: int, batch: Batch
) -> BatchCounts:
    """Keep, check and store one batch of a stream. Repeating it changes nothing.

    Raises RetryLater when the object store or the database is away; nothing has landed then.
    """
    place = Place(
        system, stream, run, rawobjects.batch_id(system, stream.name, run, seq), house.clock()
    )
    table = to_arrow(batch.frame)
    kept = rawobjects.keep(house, place.batch, table, batch.raw)
    read = _read(house, place, table)
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        counts = _store(house, conn, place, read, table.num_rows)
        findings.close_mended(conn, place, table.column_names)
        findings.record(conn, place, read.found)
        _note(conn, place, seq, kept, counts, {**batch.facts, **read.facts})
        if batch.cursor is not None:
            cursors.move(conn, system, stream.name, batch.cursor, place.at)
    return counts


def _read(house: House, place: Place, table: pa.Table) -> _Read:
    every = hashes(house, place.system, place.stream, table)
    spots = sorted({key: spot for spot, key in enumerate(every.keys)}.values())
    if len(spots) < table.num_rows:
        table = table.take(pa.array(spots, pa.int64()))
    mine = RowHashes(
        [every.keys[s] for s in spots],
        [every.rows[s] for s in spots],
        [every.keyless[s] for s in spots],
    )
    rows = normalise(house, place.stream, table)
    verdict = check(place.stream, rows, mine.keys)
    why = {s: refusal(place.stream, rows, s, broken) for s, broken in verdict.failed.items()}
    why |= {s: keyless(place.stream) for s, bare in enumerate(mine.keyless) if bare}
    refused = [
        quarantine.Refused(s, mine.keys[s], mine.rows[s], reason)
        for s, reason in sorted(why.items())
    ]
    found = findings.of_batch(house, place, rows, table)
    return _Read(table, spots, mine, rows, refused, found, verdict.facts)


def _store(
    house: House, conn: Connection, place: Place, read: _Read, received: int
) -> BatchCounts:
    keys, row_hashes = read.hashes.keys, read.hashes.rows
    known = rowstore.known(conn, place, keys)
    outcome: dict[int, Outcome] = {one.spot: "quarantined" for one in read.refused}
    for spot, key in enumerate(keys):
        if spot in outcome:
            continue
        if read.rows.operation[spot] == DELETE:
            outcome[spot] = "deleted"
        else:
            outcome[spot] = "unchanged" if known.live.get(key) == row_hashes[spot] else "stored"
    chosen = [(s, keys[s], row_hashes[s]) for s in _of(outcome, "stored")]
    rowstore.write(house, conn, place, read.rows, chosen)
    gone = [keys[s] for s in _of(outcome, "deleted")]
    deleted = rowstore.delete(conn, place, gone)
    quarantine.close(conn, place, [key for key in gone if key in known.refused], "deleted")
    mended = [keys[s] for s in _of(outcome, "stored", "unchanged") if keys[s] in known.refused]
    quarantine.close(conn, place, mended, "mended")
    quarantine.refuse(house, conn, place, read.table, read.refused)
    rowstore.withhold(conn, place, [one.key_hash for one in read.refused])
    if place.stream.deletes and place.stream.deletes.sign == "absence":
        rowstore.remember_seen(conn, place, keys)
    return _counts(read, outcome, received, deleted)


def _of(outcome: dict[int, Outcome], *wanted: Outcome) -> list[int]:
    return sorted(spot for spot, what in outcome.items() if what in wanted)


def _counts(
    read: _Read, outcome: dict[int, Outcome], received: int, deleted: int
) -> BatchCounts:
    outcomes: list[Outcome] = ["replaced"] * received
    for spot, what in outcome.items():
        outcomes[read.spots[spot]] = what
    return BatchCounts(
        rows=received,
        stored=outcomes.count("stored"),
        quarantined=outcomes.count("quarantined"),
        deleted=deleted,
        unchanged=outcomes.count("unchanged"),
        outcomes=tuple(outcomes),
        reasons={read.spots[one.spot]: one.why.reason for one in read.refused},
    )


def _note(
    conn: Connection,
    place: Place,
    seq: int,
    kept: rawobjects.Kept,
    counts: BatchCounts,
    facts: dict[str, Any],
) -> None:
    """The batch's own row. The same rows again keep the counts of the first time."""
    order = insert(batches).values(
        id=place.batch,
        system=place.system,
        stream=place.stream.name,
        run=place.run,
        seq=seq,
        object=kept.name,
        sha256=kept.sha256,
        rows=counts.rows,
        stored=counts.stored,
        quarantined=counts.quarantined,
        facts={**facts, "kind": place.stream.kind, "content": kept.content},
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
