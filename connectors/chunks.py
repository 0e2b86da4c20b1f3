"""Rows of a file a part at a time, as Arrow columns of text; a bad row says so itself.

A row that cannot be read as it stands keeps what can be shown of it, and its reason in the column
`+bad`; cells that belong to no column lie as a JSON list in `+more`. The landing quarantines it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute

from connectors.frames import BATCH, Row, text_of
from kernel.batch import BAD, MORE

_do: Any = pyarrow.compute

#: What a text column cannot hold: NUL, and halves of surrogate pairs (also our mark of damage).
UNFIT = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile(r"\d{6}")
#: Stands for bytes that could not be decoded until the row is marked.
DAMAGE = "\udcff"


@dataclass(frozen=True)
class Chunk:
    """Up to BATCH.rows rows: every column text or null. `types`: the source's own type names."""

    table: pa.Table
    types: Mapping[str, str] = field(default_factory=dict)

    def frame(self, columns: Iterable[str] = ()) -> pd.DataFrame:
        """As a batch wants it. `columns`: are there even when no row has them."""
        names = [*self.table.column_names]
        names += sorted(set(columns) - set(names))
        count = self.table.num_rows
        kind = pd.StringDtype("pyarrow")
        arrays = {name: pd.array(self._column(name, count), dtype=kind) for name in names}
        return pd.DataFrame(arrays, columns=names, index=pd.RangeIndex(count))

    def _column(self, name: str, count: int) -> Any:
        if name not in self.table.column_names:
            return pa.nulls(count, pa.string())
        return self.table.column(name).combine_chunks()


def check_header(header: Sequence[str]) -> None:
    """Raises ValueError for a header that does not name every column once."""
    # A file without its header shows a row's values as names: no sentence repeats them.
    for place, name in enumerate(header):
        if name in header[:place]:
            first = header.index(name) + 1
            raise ValueError(f"its header names a column twice: {first} and {place + 1}")
    if not all(name.strip() for name in header):
        raise ValueError(f"its header has no name for column {_empty(header)}")
    for name in header:
        if name.startswith("+") or UNFIT.search(name):
            raise ValueError("its header names a column that begins with + or cannot be read")


def _empty(header: Sequence[str]) -> int:
    return next(i for i, name in enumerate(header, start=1) if not name.strip())


def chunk_of(rows: Sequence[Row], types: Mapping[str, str] | None = None) -> Chunk:
    """Rows as maps of cells. A column that only some rows have is null in the others."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [text_of(row.get(name)) for row in rows] for name in names}
    bad: list[str | None] = columns.pop(BAD, [None] * len(rows))
    for name, cells in columns.items():
        _mark(name, cells, bad)
    if any(bad):
        columns[BAD] = bad
    return Chunk(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}),
        types or {},
    )


def _mark(name: str, cells: list[str | None], bad: list[str | None]) -> None:
    """Take out of the cells what no column can hold, and say so beside their rows."""
    for spot, text in enumerate(cells):
        if text is not None and UNFIT.search(text):
            cells[spot] = UNFIT.sub("\ufffd", text)
            bad[spot] = bad[spot] or f"the column {shown(name)} holds {unfit(text)}"


def shown(name: str) -> str:
    """A column's name for a sentence, unless it looks like a row's value."""
    return "…" if _DIGITS.search(name) else name


def unfit(text: str) -> str:
    """What an unfit text holds, in words."""
    if "\x00" in text:
        return "a NUL byte"
    return "bytes that are not in the file's encoding"


def more(cells: Sequence[object]) -> str:
    """Cells that belong to no column, as JSON."""
    return json.dumps([text_of(cell) for cell in cells], ensure_ascii=False)


def chunks(rows: Iterable[Row], size: int | None = None) -> Iterator[Chunk]:
    """Rows in parts of `size` (a batch's)."""
    left = iter(rows)
    while part := list(islice(left, size or BATCH.rows)):
        yield chunk_of(part)


def regrouped(parts: Iterable[Chunk], size: int | None = None) -> Iterator[Chunk]:
    """The same rows in chunks of exactly `size` (a batch's), the last one smaller."""
    size = size or BATCH.rows
    held: list[pa.Table] = []
    count = 0
    for part in parts:
        held.append(part.table)
        count += part.table.num_rows
        while count >= size:
            whole = pa.concat_tables(held, promote_options="default")
            yield Chunk(_tidy(whole.slice(0, size)))
            held, count = [whole.slice(size)], count - size
    if count:
        yield Chunk(_tidy(pa.concat_tables(held, promote_options="default")))


def _tidy(table: pa.Table) -> pa.Table:
    """Without reserved columns that no row needs."""
    idle = [n for n in (BAD, MORE) if n in table.column_names and table[n].null_count == len(table)]
    return table.drop_columns(idle)


__all__ = [
    "BAD",
    "DAMAGE",
    "MORE",
    "UNFIT",
    "Chunk",
    "check_header",
    "chunk_of",
    "chunks",
    "more",
    "regrouped",
]
