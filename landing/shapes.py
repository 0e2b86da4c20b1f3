"""What the text of a column looks like, told from a sample: never a value, only its form."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute

from landing.columns import Column, cells, take_rows, trimmed
from registry.contract import Stream
from registry.fields import FIELDS

_do: Any = pyarrow.compute

SAMPLE = 200
#: Filled cells that it takes to tell a form; share of them that must have it.
ENOUGH, MOST = 20, 0.95
TEXT, EMPTY = "text", "empty"
PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "day-iso": r"^\d{4}-\d{2}-\d{2}$",
        "day-compact": r"^(1[89]|2[01])\d{2}(0[1-9]|1[0-2])\d{2}$",
        "day-slash": r"^\d{4}/\d{1,2}/\d{1,2}$",
        "day-chinese": r"^\d{4}年\d{1,2}月\d{1,2}日$",
        "time-text": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
        "time-iso": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}",
        "time-epoch_ms": r"^\d{12,14}$",
        "citizen number": r"^\d{17}[0-9Xx]$",
        "credit code": r"^[0-9A-Z]{18}$",
        "digits": r"^\d+$",
        "decimal": r"^-?\d+\.\d+$",
    }
)
#: All that any of the forms is written with.
PLAIN = r"^[-0-9A-Zx年月日/:. +]+$"
#: Forms that a column of plain text may have by chance, and lose again.
LOOSE = frozenset({TEXT, EMPTY, "citizen number", "credit code"})
#: The forms in words.
IN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "day-iso": "days like 2024-01-31",
        "day-compact": "days like 20240131",
        "day-slash": "days like 2024/1/31",
        "day-chinese": "days like 2024年1月31日",
        "time-text": "times like 2024-01-31 09:30:00",
        "time-iso": "times like 2024-01-31T09:30:00",
        "time-epoch_ms": "milliseconds since 1970",
    }
)


def sample(table: pa.Table) -> pa.Table:
    """At most SAMPLE rows, spread evenly."""
    step = max(1, -(-table.num_rows // SAMPLE))
    return table if step == 1 else take_rows(table, range(0, table.num_rows, step))


def shape(values: Column) -> str | None:
    """The form of a column's cells; None when too few are filled to tell."""
    held = trimmed(values).drop_null()
    if len(held) < ENOUGH:
        return None
    if _share(held, PLAIN) < MOST:  # most columns of text: one look instead of one a form
        return TEXT
    return next((n for n, pattern in PATTERNS.items() if _share(held, pattern) >= MOST), TEXT)


def contradicts(values: Column, expected: str) -> str | None:
    """The form that the cells have instead of the expected one; None while some have it.

    Five filled cells are enough, since the contract says how they are written.
    """
    held = trimmed(values).drop_null()
    if len(held) < 5 or _share(held, PATTERNS[expected]) > 1 - MOST:
        return None
    return next((n for n, pattern in PATTERNS.items() if _share(held, pattern) >= MOST), TEXT)


def is_empty(table: pa.Table, name: str) -> bool:
    """Whether no cell of a whole column is filled."""
    values = cells(table, name)
    return len(trimmed(values[:SAMPLE]).drop_null()) == 0 and not len(trimmed(values).drop_null())


def expected(stream: Stream) -> dict[str, str]:
    """Column → form, of the columns that the contract says the form of."""
    forms = {"date": f"day-{stream.dates}", "time": f"time-{stream.times}", "number": "digits"}
    holds = {one.column: FIELDS[stream.kind][name].holds for name, one in stream.fields.items()}
    return {column: forms[what] for column, what in holds.items() if what in forms}


def _share(held: Column, pattern: str) -> float:
    return float(_do.mean(_do.match_substring_regex(held, pattern)).as_py())
