"""What other rooms read of the landing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    distinct,
    func,
    or_,
    select,
    text,
)

from kernel.crypto import decrypt
from kernel.house import House
from landing.place import raw_place, seal_key, seal_place
from landing.tables import (
    AMONG_HOLDERS,
    RECORDS,
    batch,
    case,
    finding,
    licence,
    quarantine,
)


@dataclass(frozen=True)
class StreamCounts:
    """A stream's live rows and open quarantine entries (both distinct keys)."""

    system: str
    stream: str
    kind: str
    stored: int
    quarantined: int


@dataclass(frozen=True)
class QuarantinedRow:
    """An open quarantine entry with its raw row as received: for the department's officer only."""

    id: int
    system: str
    stream: str
    batch: str
    rule: str
    column: str | None
    reason: str
    first_seen: datetime
    last_seen: datetime
    place: int | None
    facts: dict[str, Any]  # of its batch
    raw: dict[str, str | None]


ENTRY = tuple(n for n in QuarantinedRow.__dataclass_fields__ if n not in ("raw", "facts"))


@dataclass(frozen=True)
class OpenFinding:
    """What a source does that its contract does not say. `acknowledged_*`: who knows of it."""

    id: int
    system: str
    stream: str
    kind: str
    subject: str
    detail: str
    first_seen: datetime
    last_seen: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_why: str | None


def counts(conn: Connection) -> list[StreamCounts]:
    """Every stream that has landed a batch, by system and stream."""
    named = select(batch.c.system, batch.c.stream, func.max(batch.c.facts["kind"].astext))
    kinds = {(r[0], r[1]): r[2] for r in conn.execute(named.group_by(*_stream(batch)))}
    stored: dict[tuple[str, str], int] = {}
    for kind, table in RECORDS.items():
        live = select(*_stream(table), func.count()).where(is_live(table))
        for system, stream, number in conn.execute(live.group_by(*_stream(table))):
            stored[system, stream] = number
            kinds.setdefault((system, stream), kind)
    refused = select(*_stream(quarantine), func.count(distinct(quarantine.c.key_hash)))
    refused = refused.where(quarantine.c.closed_at.is_(None)).group_by(*_stream(quarantine))
    bad = {(r[0], r[1]): r[2] for r in conn.execute(refused)}
    return [
        StreamCounts(
            system, stream, kind, stored.get((system, stream), 0), bad.get((system, stream), 0)
        )
        for (system, stream), kind in sorted(kinds.items())
    ]


def _stream(table: Table) -> tuple[ColumnElement[str], ColumnElement[str]]:
    return table.c.system, table.c.stream


def is_live(table: Table) -> ColumnElement[bool]:
    """Rows that count: not deleted, and no newer version in quarantine."""
    return and_(table.c.deleted_at.is_(None), ~table.c.withheld)


def is_of(holder: str) -> ColumnElement[bool]:
    """Licences of that holder (keyed hash), whether the first one or another."""
    c = licence.c
    among = text(AMONG_HOLDERS).bindparams(holder=holder)
    return or_(c.holder_hash == holder, c.co_holder_hash == holder, among)


def open_quarantine(house: House, system: str, limit: int) -> list[QuarantinedRow]:
    """A system's refused rows, the newest first, decrypted: for the department's officer only."""
    query = (
        select(quarantine, batch.c.facts)
        .outerjoin(batch, batch.c.id == quarantine.c.batch)
        .where(quarantine.c.system == system, quarantine.c.closed_at.is_(None))
    )
    with house.engine.connect() as conn:
        rows = conn.execute(query.order_by(quarantine.c.id.desc()).limit(limit)).all()
    return [_entry(house, row) for row in rows]


def _entry(house: House, row: Row[Any]) -> QuarantinedRow:
    key = seal_key(house, row.system, row.stream)
    plain = decrypt(key, row.sealed, raw_place(row.system, row.stream, row.key_hash))
    values = {name: getattr(row, name) for name in ENTRY}
    return QuarantinedRow(**values, facts=row.facts or {}, raw=json.loads(plain))


def open_findings(conn: Connection, system: str | None = None) -> list[OpenFinding]:
    """Open findings, of one system or of all."""
    query = select(*(finding.c[name] for name in OpenFinding.__dataclass_fields__))
    query = query.where(finding.c.closed_at.is_(None))
    if system is not None:
        query = query.where(finding.c.system == system)
    return [OpenFinding(*row) for row in conn.execute(query.order_by(finding.c.id))]


def case_by_number(conn: Connection, number: str) -> Row[Any] | None:
    """The live case of that number (a row of landing.case); None when there is none.

    Where two systems hold the case, the one that its own system has confirmed.
    """
    found = select(case).where(case.c.case_number == number, is_live(case))
    return conn.execute(found.order_by(case.c.provisional, case.c.landed_at.desc())).first()


def case_secret(house: House, row: Row[Any]) -> dict[str, Any]:
    """The sealed values of a case: applicant_name, applicant_number (and extra)."""
    return _secret(house, row)


def licence_secret(house: House, row: Row[Any]) -> dict[str, Any]:
    """The sealed values of a licence: number, names and numbers of its holders, details."""
    return _secret(house, row)


def _secret(house: House, row: Row[Any]) -> dict[str, Any]:
    """Open a row (it needs system, stream, key_hash, sealed). Raises Stop when it was changed."""
    if row.sealed is None:
        return {}
    key = seal_key(house, row.system, row.stream)
    plain = decrypt(key, row.sealed, seal_place(row.system, row.stream, row.key_hash))
    return dict(json.loads(plain))
