"""Findings: what a source does that its contract does not say. Open until it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, update
from sqlalchemy.dialects.postgresql import insert

from kernel.crypto import keyed_hash
from kernel.house import House
from landing.columns import Spots, cells, is_mask, take
from landing.normalise import DELETE, UNKNOWN, Normalised
from landing.place import Place, any_of
from landing.tables import finding
from registry.contract import Stream

NEW_COLUMN, MISSING_COLUMN, UNKNOWN_CATEGORY = "new_column", "missing_column", "unknown_category"
MANY_DIGITS = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Finding:
    """One finding of a stream. `subject` and `detail` hold no value of a row."""

    kind: str
    subject: str
    detail: str


def of_batch(house: House, stream: Stream, rows: Normalised, table: pa.Table) -> list[Finding]:
    """What a batch's columns and categories show. Deleted rows are not looked at."""
    found = [_new_column(house, stream, name) for name in rows.new]
    found += [
        Finding(MISSING_COLUMN, name, "a column of the contract is not in the data")
        for name in rows.missing
    ]
    for field, mapped in stream.fields.items():
        if mapped.values is not None:
            unknown = is_mask(rows.states[field], UNKNOWN) & ~is_mask(rows.operation, DELETE)
            found += _categories(house, table, mapped.column, np.flatnonzero(unknown))
    if stream.deletes and stream.deletes.column:
        unknown = is_mask(rows.operation, UNKNOWN)
        found += _categories(house, table, stream.deletes.column, np.flatnonzero(unknown))
    return found


def _new_column(house: House, stream: Stream, name: str) -> Finding:
    kept = "kept sealed with each row" if stream.drift == "evolve" else "not kept"
    # A file without its header shows a row's values as names.
    shown = _fingerprint(house, name) if MANY_DIGITS.search(name) else name
    return Finding(NEW_COLUMN, shown, f"a column that the contract does not name, {kept}")


def _categories(house: House, table: pa.Table, column: str, spots: Spots) -> Iterator[Finding]:
    """One finding an unknown category, named by a fingerprint: a shifted column leaks nothing."""
    if not len(spots):
        return
    said = take(cells(table, column), spots).unique().to_pylist()
    for value in sorted(text.strip() for text in said if text is not None):
        yield Finding(
            UNKNOWN_CATEGORY,
            f"{column}={_fingerprint(house, value)}",
            f"the column {column} holds a category that is not mapped; see the quarantined rows",
        )


def _fingerprint(house: House, value: str) -> str:
    return "#" + keyed_hash(house.keys.index, "category", value)[:8]


def record(conn: Connection, place: Place, found: Sequence[Finding]) -> None:
    """Open what is new, note what is still so."""
    for one in sorted(set(found), key=lambda f: (f.kind, f.subject)):
        order = insert(finding).values(
            system=place.system,
            stream=place.stream.name,
            kind=one.kind,
            subject=one.subject,
            detail=one.detail,
            first_seen=place.at,
            last_seen=place.at,
        )
        conn.execute(
            order.on_conflict_do_update(
                index_elements=[
                    finding.c.system, finding.c.stream, finding.c.kind, finding.c.subject,
                ],
                index_where=finding.c.closed_at.is_(None),
                set_={"last_seen": order.excluded.last_seen, "detail": order.excluded.detail},
            )
        )  # fmt: skip


def close_mended(conn: Connection, place: Place, present: Sequence[str]) -> None:
    """Close findings about columns that are there again, or that the contract names by now."""
    known = sorted(place.stream.known_columns())
    for kind, names in ((MISSING_COLUMN, list(present)), (NEW_COLUMN, known)):
        conn.execute(
            update(finding)
            .where(place.mine(finding), finding.c.closed_at.is_(None), finding.c.kind == kind)
            .where(any_of(finding.c.subject, names))
            .values(closed_at=place.at)
        )
