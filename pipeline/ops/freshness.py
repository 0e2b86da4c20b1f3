"""How old each stream is, against the longest age of its contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from landing.tables import cursor
from pipeline.ops.rows import Freshness
from registry.contract import System
from registry.rest_times import rested

Complete = Mapping[tuple[str, str], datetime | None]


def complete(conn: Connection) -> Complete:
    """When the last complete sync of every stream began, by system and stream."""
    return {(row.system, row.stream): row.complete_at for row in conn.execute(select(cursor))}


def of_system(system: System, known: Complete, now: datetime) -> list[Freshness]:
    """Every stream that keeps rows. `known`: when its last complete sync began."""
    return [
        _of(system, name, stream.longest_age_hours, known.get((system.code, name)), now)
        for name, stream in system.streams.items()
        if stream.mode != "lookup"
    ]


def _of(
    system: System, name: str, allowed: int, since: datetime | None, now: datetime
) -> Freshness:
    if since is None:
        return Freshness(name, None, None, allowed, late=True)
    awake = now - since - rested(system, since, now)
    hours = max(awake.total_seconds() / 3600, 0.0)
    return Freshness(name, since, hours, allowed, late=hours > allowed)
