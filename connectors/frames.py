"""Rows to frames: every cell text or null, every column string[pyarrow], rows in source order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

import pandas as pd
import pyarrow as pa

from kernel.batch import BAD


class Batching:
    """`rows`: rows that a batch holds at most, unless one answer of the source holds more."""

    rows = 15_000


BATCH = Batching()

Row = Mapping[str, object]
HALF = re.compile("[\ud800-\udfff]")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


_TEXT: dict[type, Callable[[Any], str]] = {
    bool: lambda truth: "true" if truth else "false",
    datetime: lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    date: date.isoformat,
    float: lambda number: str(int(number)) if number.is_integer() else repr(number),
    dict: _json,
    list: _json,
}


def text_of(value: object) -> str | None:
    """A cell as text: times `YYYY-MM-DD HH:MM:SS`, truth true or false, lists and maps JSON."""
    if value is None or isinstance(value, str):
        return value
    return _TEXT.get(type(value), str)(value)


def frame_of(rows: list[Row], columns: Iterable[str] = ()) -> pd.DataFrame:
    """A frame of the rows. A column that only some rows have is null in the others.

    `columns`: columns that are there even when no row has them (sources that leave nulls out).
    """
    try:
        return _frame(rows, columns)
    except UnicodeEncodeError:
        return _frame([_whole(row) for row in rows], columns)


def _frame(rows: Sequence[Row], columns: Iterable[str]) -> pd.DataFrame:
    names = dict.fromkeys(chain.from_iterable(rows))
    names.update(dict.fromkeys(sorted(set(columns) - set(names))))
    arrays = {
        name: pd.array(  # type: ignore[call-overload]
            _column([row.get(name) for row in rows]), dtype=pd.StringDtype("pyarrow")
        )
        for name in names
    }
    return pd.DataFrame(arrays, columns=list(names), index=pd.RangeIndex(len(rows)))


def _column(values: list[object]) -> pa.Array[Any]:
    """Text as it is at once; anything else one by one."""
    try:
        return pa.array(values, pa.large_string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([text_of(value) for value in values], pa.large_string())


def _whole(row: Row) -> Row:
    """The row with U+FFFD for halves of surrogate pairs, which JSON can write and no text holds."""
    made: dict[str, object] = {}
    for name, value in row.items():
        text = text_of(value)
        plain = text and HALF.sub("\ufffd", text)
        made[name] = plain
        if plain != text:
            made.setdefault(BAD, f"the column {name} holds half a surrogate pair, which is no text")
    return made


def gather(pages: Iterable[list[Row]], size: int | None = None) -> Iterator[list[Row]]:
    """Join pages into lists of up to `size` rows (a batch's). Nothing read: nothing given."""
    size = size or BATCH.rows
    held: list[Row] = []
    for page in pages:
        if held and len(held) + len(page) > size:
            yield held
            held = []
        held = held + page
    if held:
        yield held
