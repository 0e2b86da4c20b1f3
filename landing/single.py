"""One record: its key as the source writes it, and its end when the source has it no more."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select

from kernel.db import lock
from kernel.errors import BadInput
from kernel.house import House
from landing import quarantine, rawobjects, rowstore
from landing.columns import listed, to_arrow
from landing.place import Place
from landing.rawrows import key_hashes
from registry.contract import Stream


def key_of(house: House, system: str, stream: Stream, key_hash: str) -> dict[str, str]:
    """The key of a stored row by column, out of the batch that brought it.

    Raises BadInput when no live row has that hash.
    """
    place = Place(system, stream, "", "", house.clock())
    table = place.table
    with house.engine.connect() as conn:
        batch = conn.scalar(
            select(table.c.batch).where(
                place.mine(table), table.c.key_hash == key_hash, table.c.deleted_at.is_(None)
            )
        )
    if batch is None:
        raise BadInput(f"{system} {stream.name} has no such row", system=system, stream=stream.name)
    rows = rawobjects.reopen(house, batch).select(list(stream.key))
    hashes, _ = key_hashes(house, system, stream, rows)
    spot = listed(hashes).index(key_hash)
    return {name: str(rows.column(name)[spot].as_py()) for name in stream.key}


def end_one(house: House, system: str, stream: Stream, run: str, key: dict[str, str]) -> int:
    """The source has no row of that key: end ours, and its quarantine entry. Gives 1 or 0."""
    place = Place(system, stream, run, "", house.clock())
    hashes, _ = key_hashes(house, system, stream, to_arrow(_frame(key)))
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        quarantine.close(conn, place, listed(hashes), "deleted")
        return rowstore.delete(conn, place, listed(hashes))


def _frame(key: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: [value] for name, value in key.items()}, dtype="string[pyarrow]")
