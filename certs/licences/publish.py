"""Publish: landed licences become sealed, encrypted versions.

A batch is one transaction: licences, seal, wrapped keys, superseded versions and the ledger's
entry come together or not at all, so that a killed run goes on where it stopped and a second run
finds nothing to do. One publish a system at a time, held by a lock of the session; a large one
works in two processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Table, text

from certs.licences import halves, states
from certs.licences.document import Landed
from certs.licences.halves import Keys
from certs.licences.making import Made, make
from certs.seals import seal
from certs.tables import licence, licence_holder
from kernel import logs
from kernel.clock import CITY_TIME
from kernel.db import session_lock
from kernel.house import House
from kernel.memory import uncollected
from landing import bulk
from ledger import log
from ledger.events import event
from registry import licence_types

#: Licences sealed by one signature, in one transaction.
BATCH = 4096
#: Licences from which on a second process is worth starting.
MANY = 4 * BATCH

#: Live landed rows whose newest published version is not the same row, in key order. LATERAL with a
#: LIMIT: one look into the index a row, whatever the statistics of a growing table say.
CHANGED = text("""
SELECT l.system, l.stream, l.key_hash, l.row_hash, l.batch, l.run, l.source_time, l.landed_at,
       l.type, l.holder_kind, l.holder_hash, l.co_holder_hash, l.issuer, l.issued, l.valid_from,
       l.valid_to, l.status, l.sealed, coalesce(c.version, 0) + 1 AS version,
       CASE WHEN c.ended_at IS NULL THEN c.id END AS old_id
FROM landing.licence l
LEFT JOIN LATERAL (
  SELECT p.id, p.version, p.row_hash, p.ended_at FROM certs.licence p
  WHERE p.system = l.system AND p.stream = l.stream AND p.key_hash = l.key_hash
  ORDER BY p.version DESC LIMIT 1
) c ON true
WHERE l.system = :system AND (l.stream, l.key_hash) > (:stream, :key_hash)
  AND l.key_hash >= :low AND l.key_hash < :high
  AND l.deleted_at IS NULL AND NOT l.withheld
  AND (c.ended_at IS NOT NULL OR c.row_hash IS DISTINCT FROM l.row_hash)
ORDER BY l.stream, l.key_hash
LIMIT :batch
""")
NEVER = text("""
SELECT (SELECT count(*) FROM landing.licence
        WHERE system = :system AND deleted_at IS NULL AND NOT withheld)
     - (SELECT count(*) FROM certs.licence WHERE system = :system AND ended_at IS NULL)
""")


@dataclass(frozen=True)
class PublishCounts:
    """What one publish did. `published` = new + changed versions; `ended`: gone or withheld."""

    published: int
    new: int
    changed: int
    ended: int
    batches: int


def publish_system(
    house: House, system_code: str, run: str, *, held: bool = False
) -> PublishCounts:
    """Make the published licences of one system what has landed. Repeating it changes nothing.

    `held`: only end what is gone; nothing new is sealed.
    """
    name = f"publish/{system_code}"
    with session_lock(house.engine, name):
        halves.wait_for_second(house, name)
        ended = _end(house, system_code, run)
        counts = Counter() if held else _publish(house, system_code, run)
    made = PublishCounts(
        published=counts["new"] + counts["changed"],
        new=counts["new"],
        changed=counts["changed"],
        ended=ended,
        batches=counts["batches"],
    )
    words = "licences sealed" if not held else "held: nothing new is sealed"
    logs.info(words, run=run, system=system_code, **asdict(made))
    return made


def _end(house: House, system: str, run: str) -> int:
    now = house.clock()
    with house.engine.begin() as conn:
        gone = states.end(conn, system, now)
        states.expire(conn, system, now.astimezone(CITY_TIME).date())
        if gone:
            log.append(
                conn,
                event(now, "licence.ended", "publish", system=system, run=run, count=len(gone)),
            )
    return len(gone)


def _publish(house: House, system: str, run: str) -> Counter[str]:
    def work(keys: Keys) -> Counter[str]:
        return _publish_keys(house, (system, run), keys)

    if halves.can_fork() and _many(house, system):
        return halves.in_halves(house, f"publish/{system}", work)
    return work(halves.ALL)


def _many(house: House, system: str) -> bool:
    """Whether many rows were never published, as after a first sync."""
    with house.engine.begin() as conn:
        never: int = conn.execute(NEVER, {"system": system}).scalar_one()
    return never >= MANY


def _publish_keys(house: House, source: tuple[str, str], keys: Keys) -> Counter[str]:
    """While one batch is being stored, the next one is read and made. `source`: system, run."""
    counts: Counter[str] = Counter()
    types, after = licence_types.load(), ("", "")
    with ThreadPoolExecutor(1) as storing:
        stored: Future[None] | None = None
        while rows := _changed(house, source[0], keys, after):
            now = house.clock()
            with uncollected():
                made = make(house, rows, types, now)
            if stored is not None:
                stored.result()
            stored = storing.submit(_store, house, made, source, now, counts)
            if len(rows) < BATCH:
                break
            after = (rows[-1].stream, rows[-1].key_hash)
        if stored is not None:
            stored.result()
    return counts


def _changed(house: House, system: str, keys: Keys, after: tuple[str, str]) -> Sequence[Landed]:
    """The next rows to publish, after that stream and key."""
    place = {"system": system, "stream": after[0], "key_hash": after[1], **keys._asdict()}
    with house.engine.begin() as conn:
        for way in ("seqscan", "hashjoin", "mergejoin"):  # a few thousand rows by index, always:
            conn.exec_driver_sql(f"SET LOCAL enable_{way} = off")  # new tables have no statistics
        with uncollected():
            found = conn.execute(CHANGED, {**place, "batch": BATCH}).all()
            return [Landed._make(row) for row in found]


def _store(
    house: House, made: Made, source: tuple[str, str], now: datetime, counts: Counter[str]
) -> None:
    """One batch, in one transaction, with its entry in the ledger."""
    system, run = source
    old = [row.old_id for row in made.rows if row.old_id is not None]
    found = Counter(made.states)
    facts = {
        "system": system, "run": run, "count": len(made.ids), "new": len(made.ids) - len(old),
        "changed": len(old), "revoked": found["revoked"], "suspended": found["suspended"],
        "root": made.root.root.hex(),
    }  # fmt: skip
    with house.engine.begin() as conn:
        if old:
            states.supersede(conn, old, now)
        number = seal.store(conn, made.root, now)
        whole = {"seal_batch": number, "published_at": now}
        bulk.copy(conn, licence, _licence_columns(made), whole)
        bulk.copy(conn, licence_holder, _columns(licence_holder, made.wrapped), {})
        log.append(conn, event(now, "licence.published", "publish", **facts))
    counts.update(new=len(made.ids) - len(old), changed=len(old), batches=1)
    logs.info(
        "licences sealed by one signature",
        run=run,
        system=system,
        seal=number,
        licences=len(made.ids),
        changed=len(old),
    )


#: Columns that go from the landed row to the licence as they are.
CARRIED = (
    "system", "stream", "key_hash", "row_hash", "version", "type", "holder_kind", "issuer",
    "issued", "valid_from", "valid_to", "source_time", "batch", "run",
)  # fmt: skip


def _licence_columns(made: Made) -> dict[str, Any]:
    """The columns of `certs.licence` but those that are one value for the whole batch."""
    landed = dict(zip(made.rows[0]._fields, zip(*made.rows, strict=True), strict=True))
    return _columns(
        licence,
        {
            **{name: landed[name] for name in CARRIED},
            "id": made.ids,
            "standing": made.standings,
            "state": made.states,
            "leaf_hash": [leaf.hex() for leaf in made.leaves],
            "leaf_index": range(len(made.ids)),
            "sealed": made.sealed,
        },
    )


def _columns(table: Table, lists: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {name: pa.array(one, bulk.arrow(table, name)) for name, one in lists.items()}
