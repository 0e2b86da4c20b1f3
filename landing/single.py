"""One record: a refused one as the source wrote it, and its end when the source has it no more."""

from __future__ import annotations

import json

import pandas as pd
from sqlalchemy import select

from kernel.crypto import decrypt
from kernel.db import lock
from kernel.errors import BadInput
from kernel.house import House
from landing import quarantine, rowstore
from landing.columns import listed, to_arrow
from landing.place import Place, raw_place, seal_key
from landing.rawrows import key_hashes
from landing.tables import quarantine as entries
from registry.contract import Stream


def refused_row(house: House, system: str, entry: int) -> tuple[str, dict[str, str | None]]:
    """The stream of a refused row and the row as the source gave it, by its entry's number.

    Raises BadInput when the system has no such open entry.
    """
    q = entries.c
    query = select(q.stream, q.key_hash, q.sealed).where(
        q.id == entry, q.system == system, q.closed_at.is_(None)
    )
    with house.engine.connect() as conn:
        row = conn.execute(query).one_or_none()
    if row is None:
        raise BadInput(f"{system} has no refused row {entry} any more", system=system)
    bound = raw_place(system, row.stream, row.key_hash)
    return row.stream, json.loads(decrypt(seal_key(house, system, row.stream), row.sealed, bound))


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
