"""The stored rows of one stream: what is there, what is written, what ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from kernel.crypto import encrypt_many
from kernel.house import House
from landing import bulk
from landing.columns import column, take
from landing.normalise import Normalised
from landing.place import Place, any_of, seal_key, seal_place
from landing.tables import quarantine, seen


@dataclass(frozen=True)
class Known:
    """What is known of a batch's keys: row hashes of live rows, stored keys, open quarantine."""

    live: dict[str, str]
    ended: frozenset[str]
    refused: frozenset[str]


def known(conn: Connection, place: Place, keys: Sequence[str]) -> Known:
    """Look the keys up in the stored rows and in the open quarantine."""
    table = place.table
    rows = conn.execute(
        select(table.c.key_hash, table.c.row_hash, table.c.deleted_at, table.c.withheld).where(
            place.mine(table), any_of(table.c.key_hash, keys)
        )
    ).all()
    refused = conn.scalars(
        select(quarantine.c.key_hash).where(
            place.mine(quarantine),
            quarantine.c.closed_at.is_(None),
            any_of(quarantine.c.key_hash, keys),
        )
    )
    return Known(
        {r.key_hash: r.row_hash for r in rows if r.deleted_at is None and not r.withheld},
        frozenset(r.key_hash for r in rows if r.deleted_at is not None),
        frozenset(refused),
    )


def write(
    house: House,
    conn: Connection,
    place: Place,
    rows: Normalised,
    chosen: Sequence[tuple[int, str, str]],
) -> None:
    """Insert or replace rows. `chosen`: the row's place in `rows`, its key hash, its row hash."""
    if not chosen:
        return
    spots = [spot for spot, _, _ in chosen]
    keys = [key for _, key, _ in chosen]
    columns = {
        "key_hash": column(keys),
        "row_hash": column([row_hash for _, _, row_hash in chosen]),
    }
    columns |= {name: bulk.escaped(take(values, spots)) for name, values in rows.plain.items()}
    columns["sealed"] = bulk.binary(_sealed(house, place, keys, rows.secrets(spots)))
    constants = {
        "system": place.system,
        "stream": place.stream.name,
        "batch": place.batch,
        "run": place.run,
        "landed_at": place.at,
    }
    bulk.upsert(conn, place.table, columns, constants)


def _sealed(
    house: House, place: Place, keys: Sequence[str], plains: Sequence[bytes | None]
) -> list[bytes | None]:
    held = [(i, plain) for i, plain in enumerate(plains) if plain is not None]
    system, stream = place.system, place.stream.name
    found: list[bytes | None] = [None] * len(plains)
    sealed = encrypt_many(
        seal_key(house, system, stream),
        (plain for _, plain in held),
        (seal_place(system, stream, keys[i]) for i, _ in held),
    )
    for (i, _), value in zip(held, sealed, strict=True):
        found[i] = value
    return found


def delete(conn: Connection, place: Place, keys: Sequence[str]) -> int:
    """End stored rows: a delete arrived. Gives how many ended."""
    if not keys:
        return 0
    table = place.table
    ended = conn.execute(
        update(table)
        .where(place.mine(table), any_of(table.c.key_hash, keys), table.c.deleted_at.is_(None))
        .values(deleted_at=place.at, withheld=False)
    )
    return ended.rowcount


def withhold(conn: Connection, place: Place, keys: Sequence[str]) -> None:
    """Withhold stored rows whose newer version was refused. A good version lifts it."""
    if not keys:
        return
    table = place.table
    conn.execute(
        update(table)
        .where(place.mine(table), any_of(table.c.key_hash, keys), table.c.deleted_at.is_(None))
        .where(~table.c.withheld)
        .values(withheld=True)
    )


def remember_seen(conn: Connection, place: Place, keys: Sequence[str]) -> None:
    """Note the keys that a full read gave, good or bad, without touching their rows."""
    if not keys:
        return
    columns = {"key_hash": column(keys)}
    constants = {"system": place.system, "stream": place.stream.name, "run": place.run}
    bulk.upsert(conn, seen, columns, {**constants, "at": place.at}, update=["at"])
