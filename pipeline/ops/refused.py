"""Refused rows for operations: which, where and why, never what stood in them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, func, select

from landing.tables import batch, quarantine
from pipeline.ops.rows import RefusedLine, RefusedPage
from pipeline.trust_view import origin

SHOWN: Final = 20
SAMPLE: Final = 5_000
COLUMNS: Final = (
    "id", "stream", "rule", "column", "reason", "first_seen", "last_seen", "batch", "place",
)  # fmt: skip


def page(conn: Connection, code: str, before: int | None, limit: int = SHOWN) -> RefusedPage:
    """A system's open refused rows from number `before` down.

    The causes, by frequency, are those of the newest SAMPLE rows: no page counts a million.
    """
    c = quarantine.c
    mine = (c.system == code, c.closed_at.is_(None))
    query = select(*(c[name] for name in COLUMNS), batch.c.facts)
    query = query.outerjoin(batch, batch.c.id == c.batch).where(*mine)
    if before is not None:
        query = query.where(c.id < before)
    found = conn.execute(query.order_by(c.id.desc()).limit(limit + 1)).all()
    rows = tuple(_line(row) for row in found[:limit])
    newest = select(c.stream, c.column, c.rule).where(*mine)
    some = newest.order_by(c.id.desc()).limit(SAMPLE).subquery()
    counted = select(*some.c, func.count()).group_by(*some.c)
    causes = conn.execute(counted.order_by(func.count().desc(), *some.c)).all()
    return RefusedPage(
        rows=rows,
        causes=tuple((one[0], one[1], one[2], int(one[3])) for one in causes),
        before=rows[-1].id if len(found) > limit else None,
    )


def _line(row: Any) -> RefusedLine:
    known = {name: row._mapping[name] for name in COLUMNS}
    return RefusedLine(**known, origin=origin(row.facts or {}))
