"""Known exceptions of a source as data: `lookups` of the contract, applied before parsing.

The batch is kept, hashed and quarantined as received; only what is parsed is the new value. Which
lookup was used how often stands in the batch's facts, old value and new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute

from landing.columns import Column, cells, choose, column, trimmed
from registry.contract import Stream

_do: Any = pyarrow.compute


def applied(stream: Stream, table: pa.Table) -> pa.Table:
    """The rows with every known exception replaced; the same table where there is none."""
    for name, known in stream.lookups.items():
        if name in table.column_names:
            values = cells(table, name)
            spots = _spots(values, known)
            new = column([text or None for text in known.values()]).take(spots)
            mended = choose(spots.is_valid(), new, values)
            table = table.set_column(table.column_names.index(name), name, mended)
    return table


def used(stream: Stream, table: pa.Table) -> dict[str, Any]:
    """For the batch's facts: column → "old → new" → how many rows; nothing when none was."""
    found: dict[str, dict[str, int]] = {}
    for name, known in stream.lookups.items():
        if name not in table.column_names:
            continue
        pairs = [f"{old} → {new}" for old, new in known.items()]
        for one in _do.value_counts(_spots(cells(table, name), known).drop_null()).to_pylist():
            found.setdefault(name, {})[pairs[one["values"]]] = one["counts"]
    return {"lookups": found} if found else {}


def touched(stream: Stream, table: pa.Table) -> list[bool]:
    """Which rows a lookup changes."""
    rows = [False] * table.num_rows
    for name, known in stream.lookups.items():
        hits = _spots(cells(table, name), known).is_valid().to_pylist()
        rows = [was or bool(hit) for was, hit in zip(rows, hits, strict=True)]
    return rows


def _spots(values: Column, known: Mapping[str, str]) -> Column:
    """Which of the known old values each cell is (space around it does not count), else null."""
    found: Column = _do.index_in(trimmed(values), value_set=column(list(known)))
    return found
