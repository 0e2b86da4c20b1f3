"""What the pages show of findings, holds, measures and refused rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kernel.house import House
from landing import holds, read
from landing.measures import HISTORY
from landing.tables import measure
from pipeline.rows import FindingRow, HoldRow, MeasureRow, RefusedRow

#: Fields that only some rows have by nature say nothing of how well a source is kept.
OPTIONAL = frozenset({"co_holder_name", "co_holder_number", "closed", "parent", "situation"})
ORIGIN = ("file", "page", "part", "line")


@dataclass(frozen=True)
class Trusted:
    """What a system's page says of how far it can be believed."""

    findings: tuple[FindingRow, ...]
    holds: tuple[HoldRow, ...]
    measures: tuple[MeasureRow, ...]


def trusted(conn: Connection, code: str, now: datetime) -> Trusted:
    """Open findings and holds of a system, the oldest first; its last measures, newest first."""
    found = sorted(read.open_findings(conn, code), key=lambda one: (one.first_seen, one.id))
    return Trusted(
        findings=tuple(_finding(one, now) for one in found),
        holds=tuple(
            HoldRow(one.id, one.stream, one.kind, one.detail, one.since)
            for one in holds.open_holds(conn, code)
        ),
        measures=_measures(conn, code),
    )


def _finding(one: read.OpenFinding, now: datetime) -> FindingRow:
    return FindingRow(
        id=one.id,
        stream=one.stream,
        kind=one.kind,
        subject=one.subject,
        detail=one.detail,
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        lasts=(now - one.first_seen).days,
        acknowledged_by=one.acknowledged_by,
        acknowledged_why=one.acknowledged_why,
    )


def _measures(conn: Connection, code: str) -> tuple[MeasureRow, ...]:
    query = select(measure).where(measure.c.system == code).order_by(measure.c.at.desc())
    return tuple(_measure(row) for row in conn.execute(query.limit(2 * HISTORY)))


def _measure(row: Any) -> MeasureRow:
    name, least = _thinnest(row.filled, row.counted)
    return MeasureRow(
        stream=row.stream,
        at=row.at,
        rows=row.rows,
        stored=row.stored,
        quarantined=row.quarantined,
        deleted=row.deleted + row.ended,
        thinnest=name,
        thinnest_share=least,
        newest=row.newest,
    )


def _thinnest(filled: Mapping[str, int], counted: int) -> tuple[str | None, float | None]:
    shares = {name: many / counted for name, many in filled.items() if counted}
    asked = {name: part for name, part in shares.items() if name not in OPTIONAL}
    if not asked:
        return None, None
    name = min(asked, key=lambda one: (asked[one], one))
    return name, asked[name]


def origin(facts: Mapping[str, Any]) -> str:
    """Where a batch came from, as far as its source has files, pages or parts."""
    return ", ".join(
        str(facts[key]) if key == "file" else f"{key} {facts[key]}"
        for key in ORIGIN
        if key in facts
    )


def refused(house: House, code: str, limit: int) -> list[RefusedRow]:
    """Open refused rows with their raw values, newest first: for the department's officer only."""
    return [
        RefusedRow(
            id=one.id,
            stream=one.stream,
            rule=one.rule,
            column=one.column,
            reason=one.reason,
            first_seen=one.first_seen,
            batch=one.batch,
            place=one.place,
            origin=origin(one.facts),
            raw=one.raw,
        )
        for one in read.open_quarantine(house, code, limit)
    ]
