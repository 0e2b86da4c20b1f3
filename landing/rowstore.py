"""The stored rows of one stream: what is there, what is written, what ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc
from sqlalchemy import Connection, exists, select, text, update

from kernel.house import House
from landing import bulk
from landing.columns import Column, Mask, Spots, column, is_in, listed, take
from landing.normalise import Normalised
from landing.place import UNIT, Place, any_of
from landing.rawrows import RowHashes
from landing.secrets import sealed
from landing.tables import quarantine, seen

# The keys come as one text; only places come back. OFFSET 0 keeps the planner, which knows little
# of a table that is being filled, from anything but one look into the index a key.
LOOK_UP = """
SELECT string_agg(k.ord::text, ' '),
  string_agg(k.ord::text, ' ') FILTER
    (WHERE r.row_hash = k.row_hash AND r.deleted_at IS NULL AND NOT r.withheld)
FROM unnest(string_to_array(:keys, :unit), string_to_array(:rows, :unit))
  WITH ORDINALITY AS k(key_hash, row_hash, ord)
CROSS JOIN LATERAL (
  SELECT s.row_hash, s.deleted_at, s.withheld FROM {table} s
  WHERE s.system = :system AND s.stream = :stream AND s.key_hash = k.key_hash OFFSET 0
) r
"""


@dataclass(frozen=True)
class Known:
    """What is known of a batch's rows, one truth a row.

    `there`: the key is stored (live or ended); `same`: it lives with the same content; `refused`:
    it is in the open quarantine.
    """

    there: Mask
    same: Mask
    refused: Mask


def nothing(size: int) -> Known:
    """What is known of rows of a stream that holds none."""
    return Known(*(np.zeros(size, np.bool_) for _ in range(3)))


def holds_rows(conn: Connection, place: Place) -> bool:
    """Whether the stream has stored rows, live or ended."""
    return bool(conn.scalar(select(exists().where(place.mine(place.table)))))


def known(conn: Connection, place: Place, hashes: RowHashes) -> Known:
    """Look the rows up in the stored ones and in the open quarantine."""
    size = len(hashes.keys)
    refused = only_refused(conn, place, hashes)
    if not size or not holds_rows(conn, place):
        return refused
    order = text(LOOK_UP.format(table=f'landing."{place.table.name}"'))
    facts = {"system": place.system, "stream": place.stream.name, "unit": UNIT}
    keys, rows = UNIT.join(listed(hashes.keys)), UNIT.join(listed(hashes.rows))
    there, same = conn.execute(order, {**facts, "keys": keys, "rows": rows}).one()
    return Known(_mask(there, size), _mask(same, size), refused.refused)


def only_refused(conn: Connection, place: Place, hashes: RowHashes) -> Known:
    """What is known of rows whose keys are not stored: which are in the open quarantine."""
    found = nothing(len(hashes.keys))
    entries = select(quarantine.c.key_hash).where(
        place.mine(quarantine), quarantine.c.closed_at.is_(None)
    )
    opened = conn.scalars(entries).all()
    if not opened:
        return found
    return replace(found, refused=is_in(hashes.keys, column(opened)))


def _mask(places: str | None, size: int) -> Mask:
    found = np.zeros(size, np.bool_)
    if places:
        found[np.fromstring(places, np.int64, sep=" ") - 1] = True
    return found


def insertable(
    house: House, place: Place, rows: Normalised, hashes: RowHashes, spots: Spots
) -> bulk.Block | None:
    """Rows as `insert` takes them, in the order of their keys; None when there are none."""
    if not len(spots):
        return None
    columns = _columns(house, place, rows, hashes, spots)
    return bulk.block(place.table, columns, _constants(place))


def insert(conn: Connection, place: Place, rows: bulk.Block | None) -> None:
    """Insert rows whose keys are not there. Raises IntegrityError when one is."""
    if rows is not None:
        bulk.put(conn, place.table, rows)


def write(
    house: House, conn: Connection, place: Place, rows: Normalised, hashes: RowHashes,
    spots: Spots, there: Mask,
) -> None:  # fmt: skip
    """Insert the rows at these spots whose keys are not `there`, overwrite those whose are."""
    fresh, known = spots[~there[spots]], spots[there[spots]]
    insert(conn, place, insertable(house, place, rows, hashes, fresh))
    overwrite(house, conn, place, rows, hashes, known)


def overwrite(
    house: House, conn: Connection, place: Place, rows: Normalised, hashes: RowHashes, spots: Spots
) -> None:
    """Overwrite rows whose keys are there."""
    if len(spots):
        columns = _columns(house, place, rows, hashes, spots)
        bulk.replace(conn, place.table, columns, _constants(place))


def _columns(
    house: House, place: Place, rows: Normalised, hashes: RowHashes, spots: Spots
) -> dict[str, Column]:
    keys = take(hashes.keys, spots)
    order = pc.sort_indices(keys)  # rows that lie near in the index come one after the other
    keys, spots = keys.take(order), spots[order.to_numpy()]
    columns = {"key_hash": keys, "row_hash": take(hashes.rows, spots)}
    columns |= {name: take(values, spots) for name, values in rows.plain.items()}
    return {**columns, "sealed": sealed(house, place, rows, spots, keys)}


def _constants(place: Place) -> dict[str, object]:
    return {
        "system": place.system,
        "stream": place.stream.name,
        "batch": place.batch,
        "run": place.run,
        "landed_at": place.at,
    }


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


def remember_seen(conn: Connection, place: Place, keys: Column) -> None:
    """Note the keys that a full read gave, good or bad, without touching their rows."""
    if not len(keys):
        return
    constants = {"system": place.system, "stream": place.stream.name, "run": place.run}
    bulk.copy(conn, seen, {"key_hash": keys}, {**constants, "at": place.at})
