"""Columns of text as Arrow arrays: the few operations that the landing does on whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute

Column: TypeAlias = "pa.Array[Any]"

# Its stubs know neither joins of mixed arrays and scalars nor comparisons with a plain text.
_do: Any = pyarrow.compute


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """A frame as an Arrow table of text; null stays null."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.cast(pa.schema([(name, pa.large_string()) for name in table.column_names]))


def cells(table: pa.Table, name: str) -> Column:
    """One column of a table; all null when the table has no such column."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.large_string())
    chunks = table.column(name).chunks
    if len(chunks) == 1:
        return chunks[0]
    return pa.concat_arrays(chunks) if chunks else column([])


def column(values: Sequence[str | None]) -> Column:
    """A column of these texts."""
    return pa.array(values, pa.large_string())


def take(values: Column, spots: Sequence[int]) -> Column:
    """The cells at these places."""
    return values.take(pa.array(spots, pa.int64()))


def take_rows(table: pa.Table, spots: Sequence[int]) -> pa.Table:
    """The rows at these places."""
    return table.take(pa.array(spots, pa.int64()))


def spread(distinct: Sequence[str | None], indices: Column) -> Column:
    """The distinct values back at their places; null where the index is null."""
    found: Column = column(distinct).take(indices)
    return found


def trimmed(values: Column) -> Column:
    """Text without the space around it; empty text is null."""
    bare = _do.utf8_trim_whitespace(values)
    found: Column = _do.if_else(_do.equal(bare, ""), pa.scalar(None, pa.large_string()), bare)
    return found


def filled(values: Column, text: str) -> Column:
    """The column with `text` for null."""
    found: Column = _do.fill_null(values, text)
    return found


def is_text(values: Column, text: str) -> Column:
    """Where the column is `text`; null is not."""
    found: Column = _do.fill_null(_do.equal(values, text), False)
    return found


def choose(where: Column, yes: str | Column, no: str | Column) -> Column:
    """`yes` where true, else `no`."""
    found: Column = _do.if_else(where, yes, no)
    return found.cast(pa.large_string())


def joined(parts: Sequence[Column | str], between: str, null: str) -> list[str]:
    """Each row's parts as one text; a plain text among the parts stands in every row."""
    whole = _do.binary_join_element_wise(
        *(pa.scalar(p, pa.large_string()) if isinstance(p, str) else p for p in parts),
        pa.scalar(between, pa.large_string()),
        null_handling="replace",
        null_replacement=null,
    )
    found: list[str] = whole.to_pylist()
    return found


def replaced(values: Column, old: str, new: str) -> Column:
    """The column with every `old` as `new`."""
    found: Column = _do.replace_substring(values, old, new)
    return found
