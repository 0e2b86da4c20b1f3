"""Publish: landed licences become sealed, encrypted versions.

A batch is one transaction: licences, seal, wrapped keys, superseded versions and the ledger's
entry come together or not at all, so that a killed run goes on where it stopped and a second run
finds nothing to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from certs.licences import holders, states
from certs.licences.document import build, open_landed, type_of
from certs.licences.standing import standing_on
from certs.rights.right import state_on
from certs.seals import seal
from kernel.canonical import canonical
from kernel.clock import CITY_TIME
from kernel.crypto import encrypt, keyed_hash, new_key
from kernel.db import copy_rows, lock
from kernel.house import House
from ledger import log, merkle
from ledger.events import event
from registry import licence_types
from registry.licence_types import LicenceType

#: Licences sealed by one signature, in one transaction.
BATCH = 4096

LICENCE_COLUMNS = (
    "id", "system", "stream", "key_hash", "row_hash", "version", "type", "standing", "state",
    "holder_kind", "issuer", "issued", "valid_from", "valid_to", "source_time", "batch", "run",
    "published_at", "leaf_hash", "seal_batch", "leaf_index", "sealed",
)  # fmt: skip
HOLDER_COLUMNS = ("holder_hash", "licence_id", "type", "wrapped_key")

#: Live landed rows whose published version is not the same row, in key order.
CHANGED = text("""
SELECT l.*, c.id AS old_id, coalesce((
         SELECT max(p.version) FROM certs.licence p
         WHERE p.system = l.system AND p.stream = l.stream AND p.key_hash = l.key_hash
       ), 0) + 1 AS version
FROM landing.licence l
LEFT JOIN certs.licence c
  ON c.system = l.system AND c.stream = l.stream AND c.key_hash = l.key_hash
 AND c.ended_at IS NULL
WHERE l.system = :system AND (l.stream, l.key_hash) > (:stream, :key_hash)
  AND l.deleted_at IS NULL AND NOT l.withheld
  AND c.row_hash IS DISTINCT FROM l.row_hash
ORDER BY l.stream, l.key_hash
LIMIT :batch
""")


@dataclass(frozen=True)
class PublishCounts:
    """What one publish did. `published` = new + changed versions; `ended`: gone or withheld."""

    published: int
    new: int
    changed: int
    ended: int
    batches: int


@dataclass(frozen=True)
class _Made:
    """One licence ready to store; all but the place in its seal batch."""

    row: Row[Any]
    id: str
    standing: str
    state: str
    leaf: bytes
    sealed: bytes
    keys: Sequence[tuple[str, bytes]]  # holder, data key wrapped for that holder


def publish_system(
    house: House, system_code: str, run: str, *, held: bool = False
) -> PublishCounts:
    """Make the published licences of one system what has landed. Repeating it changes nothing.

    `held`: only end what is gone; nothing new is sealed.
    """
    ended = _end(house, system_code, run)
    counts: Counter[str] = Counter()
    last: tuple[str, str] | None = None if held else ("", "")
    while last is not None:
        last = _publish_batch(house, system_code, run, last, counts)
    return PublishCounts(
        published=counts["new"] + counts["changed"],
        new=counts["new"],
        changed=counts["changed"],
        ended=ended,
        batches=counts["batches"],
    )


def _end(house: House, system: str, run: str) -> int:
    now = house.clock()
    with house.engine.begin() as conn:
        lock(conn, f"publish/{system}")
        gone = states.end(conn, system, now)
        states.expire(conn, system, now.astimezone(CITY_TIME).date())
        if gone:
            log.append(
                conn,
                event(now, "licence.ended", "publish", system=system, run=run, count=len(gone)),
            )
    return len(gone)


def _publish_batch(
    house: House, system: str, run: str, after: tuple[str, str], counts: Counter[str]
) -> tuple[str, str] | None:
    """One batch; returns the key it ended at, None when there is no more."""
    types, now = licence_types.load(), house.clock()
    with house.engine.begin() as conn:
        lock(conn, f"publish/{system}")
        place = {"system": system, "stream": after[0], "key_hash": after[1], "batch": BATCH}
        rows = conn.execute(CHANGED, place).all()
        if not rows:
            return None
        made = _make_all(house, rows, types, now)
        root = seal.seal(house, [one.leaf for one in made], now)
        old = [row.old_id for row in rows if row.old_id is not None]
        if old:
            states.supersede(conn, old, now)
        _store(conn, made, seal.store(conn, root, now), now)
        found = Counter(one.state for one in made)
        facts = {
            "system": system, "run": run, "count": len(made), "new": len(made) - len(old),
            "changed": len(old), "revoked": found["revoked"], "suspended": found["suspended"],
            "root": root.root.hex(),
        }  # fmt: skip
        log.append(conn, event(now, "licence.published", "publish", **facts))
    counts.update(new=len(made) - len(old), changed=len(old), batches=1)
    return (rows[-1].stream, rows[-1].key_hash) if len(rows) == BATCH else None


def _make_all(
    house: House, rows: Sequence[Row[Any]], types: Mapping[str, LicenceType], now: datetime
) -> list[_Made]:
    hashes = {one for row in rows for one in (row.holder_hash, row.co_holder_hash) if one}
    keys = holders.holder_keys(house, hashes)
    return [_make(house, row, type_of(types, row.type), keys, now) for row in rows]


def _make(
    house: House, row: Row[Any], kind: LicenceType, keys: Mapping[str, bytes], now: datetime
) -> _Made:
    name = (row.system, row.stream, row.key_hash, str(row.version))
    licence_id = keyed_hash(house.keys.index, "licence", *name)
    document = canonical(build(row, open_landed(house, row), kind, row.version, now))
    today = now.astimezone(CITY_TIME).date()
    data_key = new_key()
    own = sorted({one for one in (row.holder_hash, row.co_holder_hash) if one})
    return _Made(
        row=row,
        id=licence_id,
        standing=standing_on(kind, today),
        state=state_on(row.status, row.valid_to, today),
        leaf=merkle.leaf_hash(document),
        sealed=encrypt(data_key, document, holders.document_place(licence_id)),
        keys=[(one, holders.wrap(one, keys[one], licence_id, data_key)) for one in own],
    )


def _store(conn: Connection, made: Sequence[_Made], batch: int, now: datetime) -> None:
    copy_rows(
        conn,
        "certs.licence",
        LICENCE_COLUMNS,
        (_licence_row(one, batch, index, now) for index, one in enumerate(made)),
    )
    copy_rows(
        conn,
        "certs.licence_holder",
        HOLDER_COLUMNS,
        ((holder, one.id, one.row.type, key) for one in made for holder, key in one.keys),
    )


def _licence_row(one: _Made, batch: int, index: int, now: datetime) -> tuple[Any, ...]:
    row = one.row
    return (
        one.id, row.system, row.stream, row.key_hash, row.row_hash, row.version, row.type,
        one.standing, one.state, row.holder_kind, row.issuer, row.issued, row.valid_from,
        row.valid_to, row.source_time, row.batch, row.run, now, one.leaf.hex(), batch, index,
        one.sealed,
    )  # fmt: skip
