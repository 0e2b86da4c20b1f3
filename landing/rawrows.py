"""Rows as received, and the hashes that they are known by.

A row is known by the keyed hash of system, stream and its *raw* key values; a row without them by
the hash of all its cells. Whether it changed is known by the hash of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from kernel.crypto import keyed_hash
from kernel.house import House
from landing.columns import Column, cells, filled, joined, trimmed
from registry.contract import Stream

SEPARATOR = "\x1f"  # joins the parts of a hash, as kernel.crypto.keyed_hash does
NULL = "\x00"  # stands for a null cell in a hash; no source value holds it


@dataclass(frozen=True)
class RowHashes:
    """One entry a row. `keyless`: the row lacks its key, so `keys` holds the hash of its cells."""

    keys: list[str]
    rows: list[str]
    keyless: list[bool]


def hashes(house: House, system: str, stream: Stream, table: pa.Table) -> RowHashes:
    """The key hash and the row hash of every row."""
    index = house.keys.index
    contents = _contents(stream, table)
    keys, keyless = key_hashes(house, system, stream, table)
    for place in (i for i, bare in enumerate(keyless) if bare):
        keys[place] = keyed_hash(index, "key", system, stream.name, contents[place])
    return RowHashes(keys, [keyed_hash(index, "row", text) for text in contents], keyless)


def key_hashes(
    house: House, system: str, stream: Stream, table: pa.Table
) -> tuple[list[str], list[bool]]:
    """The key hash of every row, and whether a part of its key is empty (hash of no use then)."""
    if not stream.key:
        return [""] * table.num_rows, [True] * table.num_rows
    parts = [cells(table, name) for name in stream.key]
    bare = [False] * table.num_rows
    for part in parts:
        if trimmed(part).null_count:
            bare = [was or not held for was, held in zip(bare, _held(part), strict=True)]
    index = house.keys.index
    found = [
        keyed_hash(index, "key", system, stream.name, text) for text in joined(parts, SEPARATOR, "")
    ]
    return found, bare


def _held(part: Column) -> list[str]:
    return [text or "" for text in filled(trimmed(part), "").to_pylist()]


def _contents(stream: Stream, table: pa.Table) -> list[str]:
    """All cells of each row, named and joined, but those that only say how the row travelled.

    An acknowledged row, a row sent again under a new batch number or another operation is the
    same row.
    """
    travel = {part.column for part in (stream.deletes, stream.acknowledge) if part}
    if stream.mode == "change" and stream.cursor:
        travel.add(stream.cursor)
    parts: list[Column | str] = []
    for name in sorted(set(table.column_names) - travel):
        parts += [name, cells(table, name)]
    if not parts:
        return [""] * table.num_rows
    return joined(parts, SEPARATOR, NULL)
