"""What each column of a stream was last seen to be: its source's type, its text's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from landing.place import Place, any_of
from landing.tables import column_seen

AGREED_AT_MOST = 3


@dataclass(frozen=True)
class Seen:
    """A column's type (None: the source has no types) and form (None: too few cells to tell)."""

    type: str | None
    shape: str | None
    agreed: int = 0


def read(conn: Connection, place: Place) -> dict[str, Seen]:
    """Every column of a stream that was ever seen."""
    c = column_seen.c
    query = select(c.column, c.type, c.shape, c.agreed).where(place.mine(column_seen))
    return {row.column: Seen(row.type, row.shape, row.agreed) for row in conn.execute(query)}


def remember(
    conn: Connection, place: Place, told: Mapping[str, Seen], changed: frozenset[str]
) -> None:
    """Note what the columns are. Those that `changed` keep what they were: the finding lasts."""
    known = read(conn, place)
    fresh: list[dict[str, Any]] = []
    for name, now in told.items():
        merged = _merged(known.get(name), now)
        if name not in changed and merged != known.get(name):
            fresh.append({"column": name, **merged.__dict__})
    same = sorted(set(told) & set(known))
    conn.execute(
        update(column_seen)
        .where(place.mine(column_seen), any_of(column_seen.c.column, same))
        .values(last_seen=place.at)
    )
    if not fresh:
        return
    fixed = {"system": place.system, "stream": place.stream.name}
    order = insert(column_seen)
    new = {name: order.excluded[name] for name in ("type", "shape", "agreed", "last_seen")}
    times = {"first_seen": place.at, "last_seen": place.at}
    conn.execute(
        order.on_conflict_do_update(index_elements=list(column_seen.primary_key), set_=new),
        [{**fixed, **times, **row} for row in fresh],
    )


def _merged(before: Seen | None, now: Seen) -> Seen:
    """A form that was told again is surer; another one, before it has settled, begins anew."""
    if before is None:
        return Seen(now.type, now.shape, 1 if now.shape else 0)
    kind = now.type or before.type
    if now.shape is None:
        return Seen(kind, before.shape, before.agreed)
    same = now.shape == before.shape
    return Seen(kind, now.shape, min(before.agreed + 1, AGREED_AT_MOST) if same else 1)


def forget(conn: Connection, system: str, stream: str, column: str) -> None:
    """Learn a column anew: a person says that what it has become is right."""
    c = column_seen.c
    conn.execute(
        delete(column_seen).where(c.system == system, c.stream == stream, c.column == column)
    )
