"""How often items are applied for: live landed cases of an item's own code and of all counties'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, text

from kernel.errors import BadInput
from registry.contract import System

YEAR = timedelta(days=365)
MOST_YEARS = 30
#: Every code of an item in a version: its own, and those of implementations and sub-cases.
CODES = (
    "SELECT item_id, item_id AS code FROM catalog.published_item WHERE version = :version"
    " UNION SELECT item_id, local_code FROM catalog.published_mapping WHERE version = :version"
)
_CASES = text(
    f"WITH codes AS ({CODES})"  # noqa: S608  (a constant of this file)
    " SELECT k.item_id, count(DISTINCT c.case_number) AS cases,"
    " count(DISTINCT c.case_number) FILTER (WHERE c.opened >= :since) AS since, max(c.opened)"
    ' FROM codes k JOIN landing."case" c ON c.item_code = k.code'
    " WHERE c.deleted_at IS NULL AND NOT c.withheld GROUP BY k.item_id"
)
_STREAMS = text(
    "SELECT c.system, c.stream, k.complete_at FROM"
    ' (SELECT DISTINCT system, stream FROM landing."case") c'
    " LEFT JOIN landing.cursor k ON k.system = c.system AND k.stream = c.stream"
)


@dataclass(frozen=True)
class Cases:
    """Of one item: cases of all time, those opened since the day asked about, the last opened."""

    all: int
    since: int
    last: date | None


NONE = Cases(0, 0, None)


def cases_by_item(conn: Connection, version: int, since: datetime) -> dict[str, Cases]:
    """Items that have cases. One query over all cases."""
    rows = conn.execute(_CASES, {"version": version, "since": since})
    return {
        row[0]: Cases(int(row[1]), int(row[2]), row[3].date() if row[3] else None) for row in rows
    }


def years_before(now: datetime, years: int) -> datetime:
    """The moment that many years ago. Raises BadInput on what is no number of years."""
    if not 1 <= years <= MOST_YEARS:
        raise BadInput(f"years are a whole number from 1 to {MOST_YEARS}, not {years}")
    return now - years * YEAR


def reach(conn: Connection, systems: Mapping[str, System]) -> str:
    """In Chinese: of how many systems cases are known, complete from when to when."""
    found = conn.execute(_STREAMS).all()
    if not found:
        return "尚未读到任何系统的办件数据"
    since = [
        system.streams[row.stream].complete_since
        for row in found
        if (system := systems.get(row.system)) is not None and row.stream in system.streams
    ]
    ends = [row.complete_at for row in found if row.complete_at is not None]
    words = f"依据{len(found)}个系统的办件数据"
    if not since:
        return words
    whole = len(ends) == len(found)
    until = f"最早的只完整到{min(ends):%Y-%m-%d}" if whole else "有的尚未完整"
    return f"{words}（最晚的自{max(since)}起完整，{until}）"
