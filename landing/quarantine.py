"""Refused rows, each with its reason, until they are mended or deleted at their source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import pyarrow as pa
from sqlalchemy import Connection, update

from kernel.crypto import encrypt_many
from kernel.house import House
from landing import bulk
from landing.columns import column, take_rows
from landing.place import Place, any_of, raw_place, seal_key
from landing.reasons import Refusal
from landing.tables import quarantine

#: What a row that is refused again overwrites; `first_seen` stays.
AGAIN = ("row_hash", "batch", "run", "rule", "column", "reason", "last_seen", "sealed", "place")


#: How long the values of a refused row stay after it was mended or went: nobody needs them then.
VALUES_KEPT: Final = timedelta(days=90)


@dataclass(frozen=True)
class Refused:
    """One refused row: its spot in the judged table, its hashes, why, its place among the batch's.

    `place` counts from 1, as a person counts the rows of a file.
    """

    spot: int
    key_hash: str
    row_hash: str
    why: Refusal
    place: int | None = None


def refuse(
    house: House, conn: Connection, place: Place, table: pa.Table, rows: Sequence[Refused]
) -> None:
    """Open (or bring up to date) the entry of each row; the raw row is kept sealed."""
    if not rows:
        return
    raw = take_rows(table, [row.spot for row in rows]).to_pylist()
    system, stream = place.system, place.stream.name
    sealed = encrypt_many(
        seal_key(house, system, stream),
        [json.dumps(row, ensure_ascii=False).encode() for row in raw],
        (raw_place(system, stream, row.key_hash).encode() for row in rows),
    )
    columns = {
        "key_hash": column([row.key_hash for row in rows]),
        "row_hash": column([row.row_hash for row in rows]),
        "rule": column([row.why.rule for row in rows]),
        "column": column([row.why.column for row in rows]),
        "reason": column([row.why.reason for row in rows]),
        "sealed": pa.array(sealed, pa.large_binary()),
        "place": pa.array([row.place for row in rows], pa.int32()),
    }
    constants = {
        "system": system,
        "stream": stream,
        "batch": place.batch,
        "run": place.run,
        "first_seen": place.at,
        "last_seen": place.at,
    }
    still_open = quarantine.c.closed_at.is_(None)
    bulk.upsert(conn, quarantine, columns, constants, update=AGAIN, open_only=still_open)


def close(
    conn: Connection,
    place: Place,
    keys: Sequence[str],
    by: Literal["mended", "deleted", "replay", "lookup"],
) -> int:
    """Close the open entries of these keys. Gives how many were open."""
    if not keys:
        return 0
    closed = conn.execute(
        update(quarantine)
        .where(place.mine(quarantine), quarantine.c.closed_at.is_(None))
        .where(any_of(quarantine.c.key_hash, keys))
        .values(closed_at=place.at, closed_by=by)
    )
    return closed.rowcount


def forget_values(conn: Connection, system: str, now: datetime) -> int:
    """Take the values off a system's entries that have been closed for long; which, where and why
    stays. Such a row is known by the hash of its key alone: no erasure of its holder finds it.
    Gives how many had values."""
    c = quarantine.c
    old = (c.system == system, c.closed_at < now - VALUES_KEPT, c.sealed.is_not(None))
    return conn.execute(update(quarantine).where(*old).values(sealed=None)).rowcount
