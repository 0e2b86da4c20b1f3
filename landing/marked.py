"""Rows that their reader could not read as they stand: refused for the reason that it gives.

A frame may have two reserved columns (`kernel.batch`): why a row is bad, and what belongs to none
of its columns. Neither is a column of the source: no drift, no part of a row's hash.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa

from kernel.batch import BAD, MORE
from kernel.crypto import keyed_hash
from kernel.house import House
from landing.columns import Column, cells, column, listed
from landing.rawrows import RowHashes
from landing.reasons import Refusal
from registry.contract import Stream

LONGEST = 500
#: The rule of such rows.
UNREADABLE = "unreadable"


def plain(table: pa.Table) -> pa.Table:
    """The source's own columns."""
    return table.select([n for n in table.column_names if n not in (BAD, MORE)])


def shown(table: pa.Table) -> pa.Table:
    """What an officer sees of a refused row: all but the reason, which stands beside it."""
    return table.select([n for n in table.column_names if n != BAD])


def without_nul(table: pa.Table) -> pa.Table:
    """The table without NUL bytes, which no text column keeps: such a row is bad, and says why.

    Whatever brought the rows; readers of files say it themselves, with the line.
    """
    held = [name for name in plain(table).column_names if _has_nul(cells(table, name))]
    if not held:
        return table
    said = reasons(table)
    why = [said.get(spot) for spot in range(table.num_rows)]
    for name in held:
        values = cells(table, name).to_pylist()
        for spot, value in enumerate(values):
            if value is not None and "\x00" in value:
                why[spot] = why[spot] or f"the column {name} holds a NUL byte"
                values[spot] = value.replace("\x00", "\ufffd")
        table = table.set_column(table.column_names.index(name), name, column(values))
    rest = [name for name in table.column_names if name != BAD]
    return table.select(rest).append_column(BAD, column(why))


def _has_nul(values: Column) -> bool:
    """By the bytes of the whole column at once: nearly every column has none."""
    _, offsets, data = values.buffers()
    if data is None or not len(values):
        return False
    first, last = np.frombuffer(offsets, np.int64)[[values.offset, values.offset + len(values)]]
    held = np.frombuffer(data, np.uint8)[first:last]
    return bool(len(held)) and held.min() == 0


def reasons(table: pa.Table) -> dict[int, str]:
    """Bad row → why."""
    if BAD not in table.column_names:
        return {}
    said = cells(table, BAD).to_pylist()
    return {spot: text[:LONGEST] for spot, text in enumerate(said) if text}


def told_apart(
    house: House, system: str, stream: Stream, table: pa.Table, every: RowHashes
) -> RowHashes:
    """Bad rows without a key are told apart by what is left of them, or by their place."""
    bad = {spot: why for spot, why in reasons(table).items() if every.keyless[spot]}
    if not bad:
        return every
    keys = listed(every.keys)
    for spot, why in bad.items():
        row = table.slice(spot, 1).to_pylist()[0]
        left = {n: cell for n, cell in sorted(row.items()) if cell is not None and n != BAD}
        text = json.dumps(left, ensure_ascii=False) if left else why
        keys[spot] = keyed_hash(house.keys.index, "key", system, stream.name, text)
    return replace(every, keys=column(keys))


def refusals(table: pa.Table) -> dict[int, Refusal]:
    """Row → why it is refused."""
    return {spot: Refusal(UNREADABLE, None, why) for spot, why in reasons(table).items()}
