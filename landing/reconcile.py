"""Deletes without a sign: what lives here and is not among the source's keys has ended.

The keys that the source has are held as the first 64 bits of their keyed hash, 8 bytes a key: a row
that has gone stays unseen by chance once in 2^64 / (keys of the stream) rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from kernel.db import lock
from kernel.house import House
from landing import measures, shortfall
from landing.ahead import ahead
from landing.columns import to_arrow
from landing.place import Place, any_of
from landing.rawrows import key_digests
from landing.tables import quarantine
from registry.contract import Stream

Numbers: TypeAlias = npt.NDArray[np.uint64]
#: Hex characters of a key's hash; texts of hashes (there are 256) that are fetched at a time.
WIDTH, TEXTS = 32, 4


def reconcile(
    house: House,
    system: str,
    stream: Stream,
    run: str,
    keys: Iterable[pd.DataFrame],
    accepted: bool = False,
) -> int:
    """End the rows and quarantine entries whose key is not among `keys`, all that the source has.

    Entries without a key stay while the source has a row without one. Gives how many rows ended.
    Raises Disagrees when that is too much (`landing.shortfall`), unless a person has `accepted` it.
    """
    place = Place(system, stream, run, "", house.clock())
    with house.engine.begin() as conn:
        lock(conn, place.lock)
        rows = live_rows(place)
        with ThreadPoolExecutor(1, "stored") as asking:  # the server joins while the source is read
            stored = asking.submit(_begun, conn, place.table, rows)
            alive, keyless = _alive(house, system, stream, keys)
        ended = 0
        for gone in list(_gone(stored.result(), alive)):
            done = update(place.table).where(*rows, any_of(place.table.c.key_hash, gone))
            ended += conn.execute(done.values(deleted_at=place.at, withheld=False)).rowcount
        shortfall.hold(conn, place, rows, ended, accepted)
        _close_entries(conn, place, alive, keyless)
        measures.add_ended(conn, place, ended)
    return ended


def live_rows(place: Place) -> list[ColumnElement[bool]]:
    """The stream's rows that live and that absence says something about.

    A provisional row is not confirmed by its own system yet.
    """
    table = place.table
    rows = [place.mine(table), table.c.deleted_at.is_(None)]
    return [*rows, ~table.c.provisional] if "provisional" in table.c else rows


def _alive(
    house: House, system: str, stream: Stream, keys: Iterable[pd.DataFrame]
) -> tuple[Numbers, bool]:
    """The source's keys, sorted; whether it has a row without one."""
    keyless, parts = False, []
    for numbers, bare in ahead(_hashed(house, system, stream, keys)):
        keyless = keyless or bare
        parts.append(numbers)
    found: Numbers = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    found.sort()
    return found, keyless


def _hashed(
    house: House, system: str, stream: Stream, keys: Iterable[pd.DataFrame]
) -> Iterator[tuple[Numbers, bool]]:
    for frame in ahead(keys):
        digests, bare = key_digests(house, system, stream, to_arrow(frame))
        yield _numbers(digests)[~bare], bool(bare.any())


def _numbers(digests: bytes) -> Numbers:
    """The first 64 bits of each hash."""
    return np.frombuffer(digests, ">u8")[::2].astype(np.uint64)


def _begun(conn: Connection, table: Table, rows: list[ColumnElement[bool]]) -> Iterator[str]:
    """Hashes of those rows of a table, many in one text; the server has made the first one.

    It joins them, since a driver's row each would take longer. It holds all of them meanwhile, we
    only a few texts at a time.
    """
    joined = func.string_agg(table.c.key_hash, "")
    asked = select(joined).where(*rows).group_by(func.left(table.c.key_hash, 2))
    texts = iter(conn.scalars(asked.execution_options(yield_per=TEXTS)))
    first = next(texts, None)
    return iter(()) if first is None else chain([first], texts)


def _gone(stored: Iterator[str], alive: Numbers) -> Iterator[list[str]]:
    """Those of the stored hashes that are not alive, a part at a time."""
    for text in stored:
        missing = _missing(_numbers(bytes.fromhex(text)), alive)
        if len(missing):
            yield [text[spot * WIDTH : (spot + 1) * WIDTH] for spot in missing.tolist()]


def _missing(numbers: Numbers, alive: Numbers) -> npt.NDArray[np.int64]:
    if not len(alive):
        return np.arange(len(numbers))
    spots = np.minimum(np.searchsorted(alive, numbers), len(alive) - 1)
    return np.flatnonzero(alive[spots] != numbers)


def _close_entries(conn: Connection, place: Place, alive: Numbers, keyless: bool) -> None:
    """Close quarantine entries; those without a key only where the source has no such row."""
    entries = [place.mine(quarantine), quarantine.c.closed_at.is_(None)]
    if keyless:
        entries.append(quarantine.c.rule != "key")
    for gone in list(_gone(_begun(conn, quarantine, entries), alive)):
        done = update(quarantine).where(*entries, any_of(quarantine.c.key_hash, gone))
        conn.execute(done.values(closed_at=place.at, closed_by="deleted"))
