"""PostgreSQL's rows as an Arrow table of text: COPY writes CSV, Arrow reads it.

The server renders every value; nothing is guessed from the text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import psycopg
import pyarrow as pa
from pyarrow import csv

#: How types are written that the server would write otherwise than the other databases do.
_AS = {
    "bool": "{}::text",  # true, false
    "bytea": "encode({}, 'hex')",
    "timestamptz": "({} AT TIME ZONE 'Etc/GMT-8')::text",  # city time, without an offset
    "timetz": "({} AT TIME ZONE 'Etc/GMT-8')::text",
}
#: Session settings that a value's text depends on.
SETTINGS = (
    "-c TimeZone=Etc/GMT-8 -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1"
)


def types_of(conn: psycopg.Connection[Any], query: str) -> dict[str, str]:
    """The columns of a query and the server's names of their types."""
    found = conn.execute(query).description or []
    return {one.name: one.type_display for one in found}


def expression(column: str, type_name: str) -> str:
    """What to select for a column (quoted) of that type."""
    if type_name.endswith("[]"):
        return f"to_jsonb({column})::text"
    return _AS.get(type_name.partition("(")[0], "{}").format(column)


def read(
    conn: psycopg.Connection[Any], query: str, values: Sequence[object], columns: Sequence[str]
) -> pa.Table:
    """The rows of a query that selects these columns: text, null apart from ""."""
    whole = f"COPY ({query}) TO STDOUT (FORMAT csv)"
    with conn.cursor() as cursor, cursor.copy(whole, values) as copy:
        parts = [bytes(part) for part in copy]
    schema = pa.schema([(name, pa.string()) for name in columns])
    if not parts:
        return schema.empty_table()
    longest = max(len(part) for part in parts)
    numbers = [str(i) for i in range(len(columns))]  # a view may give two columns one name
    table = csv.read_csv(
        io.BytesIO(b"".join(parts)),
        csv.ReadOptions(
            column_names=numbers, block_size=max(1 << 23, 2 * longest), use_threads=False
        ),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(numbers, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.rename_columns(list(columns))
