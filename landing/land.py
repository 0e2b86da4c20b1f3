"""One batch lands: first the object, then everything else in one transaction.

Killed anywhere and repeated, the end state is the same: the object has a fixed name and is replaced
whole; rows, quarantine, findings, the batch and the cursor commit together or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, case
from sqlalchemy.dialects.postgresql import insert

from kernel.batch import Batch
from kernel.db import lock
from kernel.house import House
from landing import cursors, findings, measures, quarantine, rawobjects, rowstore, schema
from landing.columns import to_arrow
from landing.finish import finish_stream, reconcile
from landing.judged import Judged, judge
from landing.normalise import DELETE
from landing.place import Place
from landing.quarantine import Refused
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
    drift = schema.compare(house, place, table, batch.types)
    kept = rawobjects.keep(house, place.batch, table, batch.raw)
    read = schema.refuse(judge(house, system, stream, table), stream, drift)
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        counts = _store(house, conn, place, read, table.num_rows)
        findings.close_mended(conn, place, table.column_names)
        schema.note(conn, place, drift)
        findings.record(conn, place, read.found)
        facts = {**batch.facts, **read.facts, **measures.of_batch(stream, read)}
        _note(conn, place, seq, kept, counts, facts)
        if batch.cursor is not None:
            cursors.move(conn, system, stream.name, batch.cursor, place.at)
    return counts


def _store(
    house: House, conn: Connection, place: Place, read: Judged, received: int
) -> BatchCounts:
    keys, row_hashes = read.hashes.keys, read.hashes.rows
    known = rowstore.known(conn, place, keys)
    outcome = {spot: _outcome(read, known, spot) for spot in range(len(keys))}
    chosen = [(s, keys[s], row_hashes[s]) for s in _of(outcome, "stored")]
    rowstore.write(house, conn, place, read.rows, chosen)
    gone = [keys[s] for s in _of(outcome, "deleted")]
    deleted = rowstore.delete(conn, place, gone)
    quarantine.close(conn, place, [key for key in gone if key in known.refused], "deleted")
    mended = [keys[s] for s in _of(outcome, "stored", "unchanged") if keys[s] in known.refused]
    quarantine.close(conn, place, mended, "mended")
    refused = [
        Refused(s, keys[s], row_hashes[s], why, read.spots[s] + 1)
        for s, why in read.refused.items()
    ]
    quarantine.refuse(house, conn, place, read.table, refused)
    rowstore.withhold(conn, place, [one.key_hash for one in refused])
    if place.stream.deletes and place.stream.deletes.sign == "absence":
        rowstore.remember_seen(conn, place, keys)
    return _counts(read, outcome, received, deleted)


def _outcome(read: Judged, known: rowstore.Known, spot: int) -> Outcome:
    if spot in read.refused:
        return "quarantined"
    if read.rows.operation[spot] == DELETE:
        return "deleted"
    same = known.live.get(read.hashes.keys[spot]) == read.hashes.rows[spot]
    return "unchanged" if same else "stored"


def _of(outcome: dict[int, Outcome], *wanted: Outcome) -> list[int]:
    return sorted(spot for spot, what in outcome.items() if what in wanted)


def _counts(read: Judged, outcome: dict[int, Outcome], received: int, deleted: int) -> BatchCounts:
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
        reasons={read.spots[spot]: why.reason for spot, why in read.refused.items()},
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
