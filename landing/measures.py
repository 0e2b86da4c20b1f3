"""Measures: what each run brought of each stream, kept as history for its assertions.

A batch's part stands with the batch, so that a batch that comes again is not counted twice; the
run's measure is their sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from landing.columns import Column, cells, is_mask
from landing.judged import Judged
from landing.normalise import DELETE
from landing.place import Place
from landing.tables import batch, measure
from landing.tables import run as runs
from registry.contract import Stream

_do: Any = pyarrow.compute

HISTORY = 10
COUNTS = ("rows", "stored", "quarantined", "deleted", "ended", "counted")


@dataclass(frozen=True)
class Measure:
    """One run of one stream. `filled`: field → how many of `counted` rows have it."""

    run: str
    at: datetime
    full: bool
    rows: int
    stored: int
    quarantined: int
    deleted: int
    counted: int
    filled: dict[str, int]
    newest: datetime | None
    seconds: float | None


def of_batch(stream: Stream, read: Judged) -> dict[str, Any]:
    """A batch's part of the measure, for its facts."""
    table = read.table
    filled = {name: _filled(table, one.column) for name, one in stream.fields.items()}
    newest = read.rows.plain.get("source_time")
    last = None if newest is None else _do.max(newest).as_py()
    return {
        "filled": filled,
        "counted": table.num_rows,
        "newest": last and last.isoformat(),
        "deleted": int(is_mask(read.rows.operation, DELETE).sum()),
    }


def _filled(table: pa.Table, column: str) -> int:
    values: Column = cells(table, column)
    blank = _do.sum(_do.equal(values, "")).as_py() or 0
    return len(values) - values.null_count - int(blank)


def record(conn: Connection, place: Place, started: datetime, ended: int) -> Measure:
    """Sum up the run's batches of a stream. Repeating it changes nothing."""
    counts: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    newest: list[datetime] = []
    for row in conn.execute(_batches(place)):
        facts = row.facts or {}
        counts.update(rows=row.rows, stored=row.stored, quarantined=row.quarantined)
        counts.update(deleted=facts.get("deleted", 0), counted=facts.get("counted", 0))
        filled.update(facts.get("filled", {}))
        if facts.get("newest"):
            newest.append(datetime.fromisoformat(facts["newest"]))
    values: dict[str, Any] = {
        "at": place.at,
        "full": _is_full(conn, place),
        **{name: counts[name] for name in COUNTS},
        "filled": dict(filled),
        "newest": max(newest, default=None),
        "seconds": round((place.at - started).total_seconds(), 3),
    }
    _write(conn, place, values, [name for name in values if name != "ended"])
    add_ended(conn, place, ended)
    shown = {name: values[name] for name in Measure.__dataclass_fields__ if name != "run"}
    return Measure(run=place.run, **shown)


def add_ended(conn: Connection, place: Place, ended: int) -> None:
    """Add rows that ended because the source no longer has them."""
    if not ended:
        return
    zero: dict[str, Any] = {**dict.fromkeys(COUNTS, 0), "at": place.at, "full": False, "filled": {}}
    order = insert(measure).values(**_names(place), **{**zero, "ended": ended})
    more = {"ended": measure.c.ended + order.excluded.ended}
    conn.execute(order.on_conflict_do_update(index_elements=list(measure.primary_key), set_=more))


def _write(conn: Connection, place: Place, values: dict[str, Any], fresh: Sequence[str]) -> None:
    order = insert(measure).values(**_names(place), **values)
    new = {name: order.excluded[name] for name in fresh}
    conn.execute(order.on_conflict_do_update(index_elements=list(measure.primary_key), set_=new))


def _names(place: Place) -> dict[str, str]:
    return {"system": place.system, "stream": place.stream.name, "run": place.run}


def _batches(place: Place) -> Any:
    c = batch.c
    query = select(c.rows, c.stored, c.quarantined, c.facts)
    return query.where(place.mine(batch), c.run == place.run)


def _is_full(conn: Connection, place: Place) -> bool:
    """Whether the run read everything: by its stream's mode, or because a person asked for it."""
    asked = select(runs.c.full).where(runs.c.id == place.run, runs.c.system == place.system)
    return place.stream.mode == "full" or bool(conn.scalar(asked))


def history(conn: Connection, system: str, stream: str, limit: int = HISTORY) -> list[Measure]:
    """The last runs of a stream, the newest first."""
    c = measure.c
    query = select(measure).where(c.system == system, c.stream == stream)
    rows = conn.execute(query.order_by(c.at.desc()).limit(limit)).all()
    return [_measure(row) for row in rows]


def newest_record(conn: Connection, place: Place) -> datetime | None:
    """The newest source time that any run of the stream gave."""
    found: datetime | None = conn.scalar(
        select(func.max(measure.c.newest)).where(place.mine(measure))
    )
    return found


def _measure(row: Row[Any]) -> Measure:
    values = {name: getattr(row, name) for name in Measure.__dataclass_fields__}
    seconds = None if row.seconds is None else float(row.seconds)
    return Measure(**{**values, "seconds": seconds})
