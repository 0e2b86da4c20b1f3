"""Rows as received, and the hashes that they are known by.

A row is known by the keyed hash of system, stream and its *raw* key values; a row without them by
the hash of all its cells. Whether it changed is known by the hash of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kernel.crypto import keyed_hash
from kernel.house import House
from registry.contract import Stream

SEPARATOR = "\x1f"  # joins the parts of a hash, as kernel.crypto.keyed_hash does
NULL = "\x00"  # stands for a null cell in a hash; no source value holds it


@dataclass(frozen=True)
class RowHashes:
    """One entry a row. `keyless`: the row lacks its key, so `keys` holds the hash of its cells."""

    keys: list[str]
    rows: list[str]
    keyless: list[bool]


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """The frame as an Arrow table of strings; null stays null."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


def cells(table: pa.Table, name: str) -> pa.Array:
    """One column as one array; all null when the table has no such column."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    chunks = table.column(name).chunks
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks or [pa.nulls(0, pa.string())])


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
    bare = pa.array([False] * table.num_rows)
    for part in parts:
        empty = pc.equal(pc.utf8_trim_whitespace(pc.fill_null(part, "")), "")
        bare = pc.or_(bare, empty)
    joined = pc.binary_join_element_wise(
        *parts, SEPARATOR, null_handling="replace", null_replacement=""
    )
    found = [
        keyed_hash(house.keys.index, "key", system, stream.name, text)
        for text in joined.to_pylist()
    ]
    return found, bare.to_pylist()


def _contents(stream: Stream, table: pa.Table) -> list[str]:
    """All cells of each row, named and joined, but those that only say how the row travelled.

    An acknowledged row, a row sent again under a new batch number or another operation is the
    same row.
    """
    travel = {part.column for part in (stream.deletes, stream.acknowledge) if part}
    if stream.mode == "change" and stream.cursor:
        travel.add(stream.cursor)
    parts: list[pa.Array | str] = []
    for name in sorted(set(table.column_names) - travel):
        parts += [name, cells(table, name)]
    if not parts:
        return [""] * table.num_rows
    joined = pc.binary_join_element_wise(
        *parts, SEPARATOR, null_handling="replace", null_replacement=NULL
    )
    return list(joined.to_pylist())
