"""A new master key while everything serves: what is under an older one is brought under it.

The new key is written first; from then on every program encrypts with it and still opens what the
older one closed (`kernel.rootkeys`). Then rows and objects are re-encrypted in batches. Killed at
any moment and run again, it goes on: what is under the new key already is passed over. The older
key is destroyed by a run in which nothing needed it any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, select, tuple_, update

from certs.corrections import words
from certs.corrections.words import place_of
from certs.licences.files import bring_under
from certs.licences.holders import holder_place
from certs.rights import naming
from certs.rights.tables import relative
from certs.tables import correction, holder_key
from kernel.crypto import derive, renewed
from kernel.house import House
from kernel.sealedsecrets import SealedSecrets
from landing import tables as landing
from landing.asked import asked_place
from landing.place import raw_place, seal_key, seal_place
from ledger import log
from ledger.events import event
from registry import factors, sketches
from registry.tables import account, sketch

BATCH = 1000
#: A program that read the older key just before may still write with it for a moment.
GRACE = timedelta(minutes=15)


@dataclass(frozen=True)
class Rotated:
    """What one run did. `renewed`: values brought under the newest key; `kept`: older keys that
    are still there, since they were replaced just now or a run from before goes on."""

    looked_at: int
    renewed: int
    kept: int


@dataclass(frozen=True)
class Store:
    """One table's column of ciphertexts: by which key, bound to what."""

    table: Table
    column: str
    key: Callable[[House, Row[Any]], bytes]
    place: Callable[[Row[Any]], str]


def rotate_storage(house: House, by: str) -> Rotated:
    """Begin a rotation of the master key, or go on with the one that was begun."""
    root = house.keys.roots["master"]
    if not root.begun():
        with house.engine.begin() as conn:
            log.append(conn, event(house.clock(), "key.rotated", by, subject="storage"))
        root.replace(house.clock())
    looked_at = changed = 0
    for store in stores():
        for seen, new in _table(house, store):
            looked_at, changed = looked_at + seen, changed + new
    for name in _objects(house):
        looked_at, changed = looked_at + 1, changed + _object(house, name)
    moved = bring_under(house)  # under the licences' data keys, which no rotation touches
    looked_at, changed = looked_at + moved, changed + moved
    SealedSecrets(house.settings.home).renew()
    if not changed:
        _forget(house)
    return Rotated(looked_at, changed, len(root.older()))


def stores() -> tuple[Store, ...]:
    """Every column whose values are under a key that follows from the master key."""
    rows = [
        Store(landing.RECORDS[kind], "sealed", _stream_key, _row_place) for kind in landing.RECORDS
    ]
    return (
        *rows,
        Store(landing.quarantine, "sealed", _stream_key, _raw_place),
        Store(landing.asked, "sealed", _stream_key, _asked_place),
        Store(correction, "sealed", _correction_key, lambda row: place_of(dict(row._mapping))),
        Store(relative, "sealed", _relative_key, _relative_place),
        Store(account, "factor", _factor_key, lambda row: factors.place_of(row.name)),
        Store(sketch, "seen", _sketch_key, lambda row: sketches.place_of(row.system)),
        Store(holder_key, "wrapped_key", _holder_key, lambda row: holder_place(row.holder_hash)),
    )


def _stream_key(house: House, row: Row[Any]) -> bytes:
    return seal_key(house, row.system, row.stream)


def _correction_key(house: House, _: Row[Any]) -> bytes:
    return words.key(house)


def _relative_key(house: House, _: Row[Any]) -> bytes:
    return naming.key(house)


def _relative_place(row: Row[Any]) -> str:
    return naming.place(row.case_number, row.role, row.holder_hash)


def _factor_key(house: House, _: Row[Any]) -> bytes:
    return factors.key(house)


def _sketch_key(house: House, _: Row[Any]) -> bytes:
    return sketches.key(house)


def _holder_key(house: House, _: Row[Any]) -> bytes:
    return derive(house.keys.master, "holder")


def _row_place(row: Row[Any]) -> str:
    return seal_place(row.system, row.stream, row.key_hash)


def _raw_place(row: Row[Any]) -> str:
    return raw_place(row.system, row.stream, row.key_hash)


def _asked_place(row: Row[Any]) -> str:
    return asked_place(row.system, row.stream, row.case_number, row.holder_hash)


def _table(house: House, store: Store) -> Iterator[tuple[int, int]]:
    """Batches in key order: how many were looked at, how many changed. One transaction each."""
    after: Sequence[Any] | None = None
    while True:
        with house.engine.begin() as conn:
            rows = _batch(conn, store, after)
            changed = _renew(house, conn, store, rows)
        if rows:
            yield len(rows), changed
        if len(rows) < BATCH:
            return
        after = [rows[-1]._mapping[column.name] for column in store.table.primary_key]


def _batch(conn: Connection, store: Store, after: Sequence[Any] | None) -> Sequence[Row[Any]]:
    """The next rows, held against writers until they are renewed."""
    keys = list(store.table.primary_key)
    query = select(store.table).where(store.table.c[store.column].is_not(None))
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    return conn.execute(query.order_by(*keys).limit(BATCH).with_for_update()).all()


def _renew(house: House, conn: Connection, store: Store, rows: Sequence[Row[Any]]) -> int:
    keys = [column.name for column in store.table.primary_key]
    changes = []
    for row in rows:
        sealed = bytes(row._mapping[store.column])
        new = renewed(store.key(house, row), sealed, store.place(row))
        if new is not None:
            named = {f"is_{name}": row._mapping[name] for name in keys}
            changes.append({**named, "now": new})
    if changes:
        this = [store.table.c[name] == bindparam(f"is_{name}") for name in keys]
        change = update(store.table).where(*this).values({store.column: bindparam("now")})
        conn.execute(change, changes)
    return len(changes)


def _objects(house: House) -> Iterator[str]:
    for prefix in ("raw/", "copies/"):
        yield from house.objects.names(prefix)


def _object(house: House, name: str) -> int:
    """One object, replaced whole; 1 when it changed. A batch's row then says its new digest."""
    sealed = house.objects.get(name)
    new = renewed(_object_key(house, name), sealed, name)
    if new is not None:
        house.objects.put(name, new)
    if name.endswith(".parquet.enc"):
        digest = hashlib.sha256(new or sealed).hexdigest()
        batch = landing.batch
        with house.engine.begin() as conn:
            conn.execute(
                update(batch)
                .where(batch.c.object == name, batch.c.sha256 != digest)
                .values(sha256=digest)
            )
    return int(new is not None)


def _object_key(house: House, name: str) -> bytes:
    if name.startswith("raw/"):
        return derive(house.keys.master, "landing", "raw")
    return derive(house.keys.master, "copy", name.rsplit("/", 1)[-1].removesuffix(".pdf.enc"))


def _forget(house: House) -> None:
    """Destroy the older keys that no program can write with any more."""
    root = house.keys.roots["master"]
    with house.engine.connect() as conn:
        r = landing.run.c
        oldest: datetime | None = conn.execute(
            select(func.min(r.started)).where(r.state == "running")
        ).scalar_one()
    for file in root.older():
        replaced = root.replaced_at(file)
        if house.clock() - replaced >= GRACE and (oldest is None or oldest > replaced):
            root.forget(file)
