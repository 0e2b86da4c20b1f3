"""Findings: what a source does that its contract does not say. Open until it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, update
from sqlalchemy.dialects.postgresql import insert

from kernel.crypto import keyed_hash
from kernel.errors import BadInput
from kernel.house import House
from landing import columns_seen
from landing.columns import Spots, cells, is_mask, take
from landing.normalise import DELETE, UNKNOWN, Normalised
from landing.place import Place, any_of
from landing.tables import finding, quarantine
from registry.contract import Stream

NEW_COLUMN, MISSING_COLUMN, UNKNOWN_CATEGORY = "new_column", "missing_column", "unknown_category"
#: What becomes of a new column's values, by the contract's `drift`.
KEPT = {
    "evolve": "kept sealed with each row",
    "freeze": "not kept",
    "quarantine": "its rows wait in quarantine",
}
MANY_DIGITS = re.compile(r"\d{6}")


@dataclass(frozen=True, order=True)
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
    return _beyond(house, name, KEPT[stream.drift])


def undeclared(house: House, names: Sequence[str]) -> list[Finding]:
    """What a look-up answered beyond its contract; nothing of it was kept."""
    return [_beyond(house, name, "dropped from the answer") for name in names]


def _beyond(house: House, name: str, kept: str) -> Finding:
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
    note(conn, (place.system, place.stream.name), found, place.at)


def note(conn: Connection, where: tuple[str, str], found: Sequence[Finding], at: datetime) -> None:
    """The same for what is no stream of a contract. `where`: system and stream, as shown."""
    if not found:
        return
    mine = {"system": where[0], "stream": where[1], "first_seen": at, "last_seen": at}
    rows = {(one.kind, one.subject): {**mine, **asdict(one)} for one in sorted(set(found))}
    order = insert(finding)
    conn.execute(
        order.on_conflict_do_update(
            index_elements=[
                finding.c.system, finding.c.stream, finding.c.kind, finding.c.subject,
            ],
            index_where=finding.c.closed_at.is_(None),
            set_={"last_seen": order.excluded.last_seen, "detail": order.excluded.detail},
        ),
        list(rows.values()),
    )  # fmt: skip


def close_of(
    conn: Connection, system: str, stream: str, at: datetime, kind: str | None = None
) -> None:
    """Close the open findings of a place, or those of one kind."""
    f = finding.c
    which = [f.system == system, f.stream == stream, f.closed_at.is_(None)]
    which += [f.kind == kind] if kind is not None else []
    conn.execute(update(finding).where(*which).values(closed_at=at))


def close_mended(conn: Connection, place: Place, present: Sequence[str]) -> None:
    """Close findings about columns that are there again, or that the contract names by now."""
    known = sorted(place.stream.known_columns())
    there = finding.c.subject
    for kind, names in ((MISSING_COLUMN, list(present)), ("renamed_column", list(present))):
        _close(conn, place, kind, or_(any_of(there, names), ~any_of(there, known)))
    _close(conn, place, NEW_COLUMN, any_of(there, known))
    for kind in ("retyped_column", "empty_column"):
        _close(conn, place, kind, ~any_of(there, known))


def close_named(conn: Connection, place: Place, kind: str, subjects: Sequence[str]) -> None:
    """Close the open findings of a kind about these subjects."""
    if subjects:
        _close(conn, place, kind, any_of(finding.c.subject, subjects))


def close_unseen(conn: Connection, place: Place, kind: str, since: datetime) -> None:
    """Close the findings of a kind that a full read begun `since` did not meet again."""
    _close(conn, place, kind, finding.c.last_seen < since)


def close_categories(conn: Connection, place: Place) -> None:
    """Close unknown categories whose column no refused row is about any more."""
    column = func.split_part(finding.c.subject, "=", 1)
    still = exists().where(
        place.mine(quarantine),
        quarantine.c.closed_at.is_(None),
        or_(quarantine.c.column == column, func.strpos(quarantine.c.reason, column) > 0),
    )
    _close(conn, place, UNKNOWN_CATEGORY, ~still)


def _close(conn: Connection, place: Place, kind: str, which: ColumnElement[bool]) -> None:
    conn.execute(
        update(finding)
        .where(place.mine(finding), finding.c.closed_at.is_(None), finding.c.kind == kind, which)
        .values(closed_at=place.at)
    )


def acknowledge(conn: Connection, at: datetime, number: int, by: str, why: str) -> Row[Any]:
    """A person knows of an open finding and says why it may stay. Raises BadInput.

    A column that changed its type is learnt anew: what it is now is taken as right.
    """
    if not why.strip():
        raise BadInput("say why the finding may stay: the reason is kept with it")
    row = conn.execute(
        update(finding)
        .where(finding.c.id == number, finding.c.closed_at.is_(None))
        .values(acknowledged_at=at, acknowledged_by=by, acknowledged_why=why.strip()[:200])
        .returning(finding.c.system, finding.c.stream, finding.c.kind, finding.c.subject)
    ).one_or_none()
    if row is None:
        raise BadInput(f"no open finding {number}: `zhongtai findings list` shows the numbers")
    if row.kind == "retyped_column":
        columns_seen.forget(conn, row.system, row.stream, row.subject)
    return row
