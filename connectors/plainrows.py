"""Rows of any DB-API driver as an Arrow table of text; the slow way, where there is no faster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from connectors.frames import text_of


def types_of(conn: Any, query: str) -> dict[str, str]:
    """The columns of a query without rows, and the driver's names of their types."""
    cursor = conn.cursor()
    cursor.execute(query)
    return {one[0]: _type_name(one[1]) for one in cursor.description}


def sqlite_types_of(conn: Any, table: str) -> dict[str, str]:
    """The columns of a table or view, and their types as they were declared."""
    found = conn.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return {name: kind.lower() for name, kind in found}


def read(conn: Any, query: str, values: Sequence[object], columns: Sequence[str]) -> pa.Table:
    """The rows of a query that selects these columns: text, null apart from ""."""
    cursor = conn.cursor()
    cursor.execute(query, tuple(values))
    cells = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(columns)
    made = [pa.array([_text(one) for one in column], pa.string()) for column in cells]
    return pa.table(made, names=list(columns))


def _text(value: object) -> str | None:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return text_of(value)


def _type_name(given: Any) -> str:
    return str(getattr(given, "__name__", None) or getattr(given, "name", None) or given or "")
