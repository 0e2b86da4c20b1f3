"""The body of a pushed batch: JSON, read strictly, bounded, each refusal one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from kernel.errors import BadInput

ROWS_AT_MOST = 5000
#: Different column names in one batch. Rows of few cells each could else make a huge table.
COLUMNS_AT_MOST = 500
FORM = 'the body must be JSON: {"batch": "…", "rows": [{"column": "text"}]}'


class _Twice(Exception):
    """A name stands twice in one object."""


def frame_of_body(body: bytes) -> pd.DataFrame:
    """The rows, every cell text or null. Raises BadInput, which names the row, never a value."""
    rows = _rows(body)
    for number, row in enumerate(rows, 1):
        _check(number, row)
    columns = {name for row in rows for name in row}
    if not 1 <= len(columns) <= COLUMNS_AT_MOST:
        raise BadInput(f"rows must have 1 to {COLUMNS_AT_MOST} different columns in one batch")
    return pd.DataFrame(rows, dtype="string[pyarrow]")


def _rows(body: bytes) -> list[dict[str, str | None]]:
    try:
        rows = json.loads(body, object_pairs_hook=_once)["rows"]
    except _Twice:
        raise BadInput("an object of the body names a column twice: name each once") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput(FORM) from None
    if not isinstance(rows, list) or not 1 <= len(rows) <= ROWS_AT_MOST:
        raise BadInput(f"rows must be a list of 1 to {ROWS_AT_MOST} rows")
    return rows


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _check(number: int, row: object) -> None:
    if not isinstance(row, Mapping) or not all(
        cell is None or isinstance(cell, str) for cell in row.values()
    ):
        raise BadInput(f"row {number}: each row must be an object whose cells are text or null")
    text = "".join([*row, *(cell for cell in row.values() if cell)])
    if "\0" in text:
        raise BadInput(f"row {number} holds a NUL byte, which is no text: leave it out")
    if not text.isascii() and any("\ud800" <= one <= "\udfff" for one in text):
        raise BadInput(f"row {number} holds half a surrogate pair, which is no text: leave it out")
