"""Where each stream goes on, and since when its data is complete."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from landing.tables import cursor


def read(conn: Connection, system: str, stream: str) -> str | None:
    """The cursor (JSON text) to go on from; None at the beginning."""
    return conn.scalar(
        select(cursor.c.value).where(cursor.c.system == system, cursor.c.stream == stream)
    )


def complete_at(conn: Connection, system: str, stream: str) -> datetime | None:
    """When the last complete sync of the stream began; None when there was none yet."""
    return conn.scalar(
        select(cursor.c.complete_at).where(cursor.c.system == system, cursor.c.stream == stream)
    )


def move(conn: Connection, system: str, stream: str, value: str, at: datetime) -> None:
    """Set the cursor, in the transaction of the rows that it counts."""
    _put(conn, system, stream, {"value": value, "moved_at": at})


def complete(conn: Connection, system: str, stream: str, started: datetime) -> None:
    """Note that a sync of the whole stream, begun at `started`, has landed."""
    _put(conn, system, stream, {"complete_at": started})


def _put(conn: Connection, system: str, stream: str, values: dict[str, object]) -> None:
    order = insert(cursor).values(system=system, stream=stream, **values)
    conn.execute(
        order.on_conflict_do_update(
            index_elements=[cursor.c.system, cursor.c.stream],
            set_={name: order.excluded[name] for name in values},
        )
    )
