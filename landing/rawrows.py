"""Rows as received, and the hashes that they are known by.

A row is known by the keyed hash of system, stream and its *raw* key values; a row without them by
the hash of all its cells. Whether it changed is known by the hash of its cells and of what the
contract makes of them: a mapping that is mended reads every row anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from kernel.canonical import digest
from kernel.house import House
from landing.columns import (
    Column,
    Mask,
    cells,
    choose,
    digests_of,
    hashed,
    held,
    joined,
    same,
    trimmed,
)
from registry.contract import Stream

SEPARATOR = "\x1f"  # joins the parts of a hash, as kernel.crypto.keyed_hash does
NULL = "\x00"  # stands for a null cell in a hash; no source value holds it
#: What a contract says that decides what is made of a cell.
READING = {"kind", "fields", "details", "ignore", "drift", "dates", "times", "lookups", "always"}


@dataclass(frozen=True)
class RowHashes:
    """One entry a row. `keyless`: the row lacks its key, so `keys` holds the hash of its cells."""

    keys: Column
    rows: Column
    keyless: Mask


def hashes(house: House, system: str, stream: Stream, table: pa.Table) -> RowHashes:
    """The key hash and the row hash of every row."""
    index = house.keys.index
    names, contents = _contents(stream, table)
    keys, keyless = key_hashes(house, system, stream, table)
    if keyless.any():
        whole = hashed(index, ("key", system, stream.name, names), contents)
        keys = choose(pa.array(keyless), whole, keys)
    return RowHashes(keys, hashed(index, ("row", reading(stream), names), contents), keyless)


def key_hashes(house: House, system: str, stream: Stream, table: pa.Table) -> tuple[Column, Mask]:
    """The key hash of every row, and whether a part of its key is empty (hash of no use then)."""
    if not stream.key:
        return same("", table.num_rows), np.ones(table.num_rows, np.bool_)
    keys, bare = _keys(stream, table)
    return hashed(house.keys.index, ("key", system, stream.name), keys), bare


def key_digests(house: House, system: str, stream: Stream, table: pa.Table) -> tuple[bytes, Mask]:
    """`key_hashes` as bytes, 16 a row; a stream without a key has none."""
    if not stream.key:
        return bytes(16 * table.num_rows), np.ones(table.num_rows, np.bool_)
    keys, bare = _keys(stream, table)
    return digests_of(house.keys.index, ("key", system, stream.name), keys), bare


def _keys(stream: Stream, table: pa.Table) -> tuple[Column, Mask]:
    """Each row's key as one text, and whether a part of it is empty."""
    parts = [cells(table, name) for name in stream.key]
    bare = np.zeros(table.num_rows, np.bool_)
    for part in parts:
        bare |= ~held(trimmed(part))
    return joined(parts, SEPARATOR, ""), bare


@lru_cache(maxsize=256)
def _reading(contract: str) -> str:
    return digest(Stream.model_validate_json(contract).model_dump(mode="json", include=READING))


def reading(stream: Stream) -> str:
    """A digest of all in the contract that decides how a row is read."""
    return _reading(stream.model_dump_json())


def _contents(stream: Stream, table: pa.Table) -> tuple[str, Column]:
    """The columns' names, and all cells of each row, but those that only say how it travelled.

    An acknowledged row, a row sent again under a new batch number or another operation is the
    same row.
    """
    travel = {part.column for part in (stream.deletes, stream.acknowledge) if part}
    if stream.mode == "change" and stream.cursor:
        travel.add(stream.cursor)
    names = sorted(set(table.column_names) - travel)
    if not names:
        return "", same("", table.num_rows)
    return ",".join(names), joined([cells(table, name) for name in names], SEPARATOR, NULL)
