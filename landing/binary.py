"""Rows in PostgreSQL's binary COPY form, by plain Python: what `pgpq` does where it has no wheel.

pgpq has none for Linux on aarch64 (Kunpeng, Phytium). The bytes are the same; it takes longer.
Form: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Any

import pyarrow as pa

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
#: PostgreSQL counts from 2000-01-01, Arrow from 1970-01-01.
DAYS, MICROSECONDS = 10_957, 946_684_800_000_000
COUNT, LENGTH = Struct("!h"), Struct("!i")
INT4, INT8, BOOL = Struct("!ii"), Struct("!iq"), Struct("!i?")


class Encoder:
    """Has the methods of `pgpq.ArrowToPostgresBinaryEncoder` that `landing.bulk` uses."""

    def __init__(self, schema: pa.Schema) -> None:
        self._head = COUNT.pack(len(schema))

    def write_header(self) -> bytes:
        """What stands before the first row."""
        return HEADER

    def write_batch(self, rows: pa.RecordBatch) -> bytes:
        """The rows: a count of fields, then each field's length and bytes."""
        fields = [list(_fields(column)) for column in rows.columns]
        head = self._head
        return b"".join(head + b"".join(row) for row in zip(*fields, strict=True))

    def finish(self) -> bytes:
        """What stands after the last row."""
        return END


def _fields(column: pa.Array[Any]) -> Iterator[bytes]:
    """Each value with its length before it; a null is a length of -1."""
    kind = column.type
    if pa.types.is_large_string(kind):
        yield from _lengths(column.cast(pa.large_binary()))
    elif pa.types.is_large_binary(kind):
        yield from _lengths(column)
    elif pa.types.is_boolean(kind):
        yield from (NULL if one is None else BOOL.pack(1, one) for one in column.to_pylist())
    elif pa.types.is_timestamp(kind):
        yield from _numbers(column.cast(pa.int64()), INT8, 8, MICROSECONDS)
    elif pa.types.is_date32(kind):
        yield from _numbers(column.cast(pa.int32()), INT4, 4, DAYS)
    elif pa.types.is_int64(kind):
        yield from _numbers(column, INT8, 8, 0)
    else:
        yield from _numbers(column.cast(pa.int32()), INT4, 4, 0)


def _lengths(column: pa.Array[Any]) -> Iterator[bytes]:
    pack = LENGTH.pack
    for one in column.to_pylist():
        yield NULL if one is None else pack(len(one)) + one


def _numbers(column: pa.Array[Any], form: Struct, size: int, origin: int) -> Iterator[bytes]:
    pack = form.pack
    for one in column.to_pylist():
        yield NULL if one is None else pack(size, one - origin)
