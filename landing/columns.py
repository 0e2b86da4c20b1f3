"""Columns of text as Arrow arrays: the few operations that the landing does on whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from kernel.crypto import keyed_hashes

Column: TypeAlias = "pa.Array[Any]"
Spots: TypeAlias = npt.NDArray[np.int64]  # places of rows
Mask: TypeAlias = npt.NDArray[np.bool_]  # one truth a row

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


def same(text: str | None, size: int) -> Column:
    """A column that says the same in every row."""
    found: Column = pa.repeat(pa.scalar(text, pa.large_string()), size)
    return found


def take(values: Column, spots: Sequence[int] | Spots) -> Column:
    """The cells at these places."""
    return values.take(pa.array(spots, pa.int64()))


def take_rows(table: pa.Table, spots: Sequence[int] | Spots) -> pa.Table:
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


def is_mask(values: Column, text: str) -> Mask:
    """`is_text` as a mask."""
    found: Mask = is_text(values, text).to_numpy(zero_copy_only=False)
    return found


def choose(where: Column, yes: Any, no: Any) -> Column:
    """`yes` where true, else `no`."""
    found: Column = _do.if_else(where, yes, no)
    return found.cast(pa.large_string())


def joined(parts: Sequence[Column | str], between: str, null: str | None) -> Column:
    """Each row's parts as one text; a plain text among the parts stands in every row.

    `null`: what stands for a null part; None: the whole is null then.
    """
    found: Column = _do.binary_join_element_wise(
        *(pa.scalar(p, pa.large_string()) if isinstance(p, str) else p for p in parts),
        pa.scalar(between, pa.large_string()),
        null_handling="emit_null" if null is None else "replace",
        null_replacement=null or "",
    )
    return found


def replaced(values: Column, old: str, new: str, most: int | None = None) -> Column:
    """The column with every `old` (or the first `most` of each text) as `new`."""
    found: Column = _do.replace_substring(values, old, new, max_replacements=most)
    return found


def has(values: Column, pattern: str) -> Mask:
    """Where the text holds the regular expression (RE2); null does not."""
    found: Mask = _do.fill_null(_do.match_substring_regex(values, pattern), False).to_numpy(
        zero_copy_only=False
    )
    return found


def is_in(values: Column, chosen: Column) -> Mask:
    """Where the text is one of the chosen."""
    found: Mask = _do.is_in(values, value_set=chosen).to_numpy(zero_copy_only=False)
    return found


def held(values: Column) -> Mask:
    """Where there is text, even an empty one."""
    found: Mask = values.is_valid().to_numpy(zero_copy_only=False)
    return found


def listed(values: Column) -> list[Any]:
    """The cells as Python's values."""
    return values.to_pylist()


def blobs(values: Column) -> list[bytes]:
    """The texts as UTF-8; null as b""."""
    return listed(filled(values, "").cast(pa.large_binary()))


def digests_of(key: bytes, where: Sequence[str], values: Column) -> bytes:
    """`hashed` as bytes, 16 a text, one after the other; a null as if it were empty."""
    return keyed_hashes(key, blobs(values), "\x1f".join((*where, "")).encode())


def hashed(key: bytes, where: Sequence[str], values: Column) -> Column:
    """The keyed hash of each text, as `kernel.crypto.keyed_hash(key, *where, text)`; null stays."""
    digests = digests_of(key, where, values)
    ends = np.arange(len(values) + 1, dtype=np.int64) * 32
    places = pa.py_buffer(ends.tobytes())
    text = pa.py_buffer(digests.hex().encode())
    found: Column = pa.LargeStringArray.from_buffers(len(values), places, text)
    if not values.null_count:
        return found
    return choose(values.is_valid(), found, pa.scalar(None, pa.large_string()))


def buffer_of(values: Column) -> memoryview:
    """All texts of a column, one after the other, as they lie in memory; a null is nothing."""
    _, places, data = values.buffers()
    if data is None or places is None:
        return memoryview(b"")
    ends = np.frombuffer(memoryview(places), np.int64, len(values) + 1, values.offset * 8)
    return memoryview(data)[int(ends[0]) : int(ends[-1])]
