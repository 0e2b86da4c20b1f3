"""Where each stream goes on, and since when its data is complete."""

from __future__ import annotations

import base64
import json
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from kernel.crypto import decrypt, encrypt
from kernel.errors import Stop
from kernel.house import House
from landing.place import seal_key
from landing.tables import cursor


def read(conn: Connection, system: str, stream: str) -> str | None:
    """The cursor (JSON text) to go on from; None at the beginning."""
    return conn.scalar(
        select(cursor.c.value).where(cursor.c.system == system, cursor.c.stream == stream)
    )


def sealed(house: House, system: str, stream: str, value: str) -> str:
    """A cursor that names a row: a key may be a person's number, and is kept encrypted."""
    hidden = encrypt(seal_key(house, system, stream), value.encode(), _place(system, stream))
    return json.dumps({"sealed": base64.b64encode(hidden).decode()})


def opened(house: House, system: str, stream: str, value: str | None) -> str | None:
    """What was sealed, in plain; any other cursor as it is.

    None when its key was replaced meanwhile: then the stream is read from its beginning.
    """
    kept = json.loads(value) if value is not None and value.startswith('{"sealed"') else None
    if kept is None:
        return value
    hidden = base64.b64decode(kept["sealed"])
    try:
        return decrypt(seal_key(house, system, stream), hidden, _place(system, stream)).decode()
    except Stop:
        return None


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


def _place(system: str, stream: str) -> str:
    return f"landing.cursor/{system}/{stream}"
