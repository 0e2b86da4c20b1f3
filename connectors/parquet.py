"""Parquet rows: typed values as the text that other formats would have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from pyarrow import types as kinds

from connectors.chunks import BAD, Chunk, check_header, chunk_of, shown
from connectors.frames import BATCH

_do: Any = pyarrow.compute
#: The city's time, as Arrow names it.
CITY = "+08:00"
#: What one row group may unfold to, as the file says.
MOST_UNFOLDED = 1 << 30
#: From here on a float no longer holds every whole number.
EXACT = 10**15


def parquet_chunks(file: BinaryIO, encoding: str) -> Iterator[Chunk]:
    """Days and times as text (city time), decimals as written, lists and maps as JSON."""
    del encoding  # Parquet's text is UTF-8
    try:
        parquet = pq.ParquetFile(
            file, thrift_string_size_limit=1 << 24, thrift_container_size_limit=1 << 20
        )
        schema, metadata = parquet.schema_arrow, parquet.metadata
        check_header(schema.names)
        for field in schema:
            if kinds.is_binary(field.type) or kinds.is_large_binary(field.type):
                raise ValueError(f"its column {shown(field.name)} holds bytes, not text")
        for group in range(metadata.num_row_groups):
            if metadata.row_group(group).total_byte_size > MOST_UNFOLDED:
                raise ValueError("a row group unfolds to over 1 GB: write smaller ones")
        types = {field.name: str(field.type) for field in schema}
        done = 0
        for batch in parquet.iter_batches(batch_size=BATCH.rows, use_threads=False):
            yield _chunk(pa.Table.from_batches([batch]), types, done)
            done += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"it is not a Parquet file ({type(error).__name__})") from None


def _chunk(table: pa.Table, types: dict[str, str], done: int) -> Chunk:
    columns = {name: _text(table.column(name)) for name in table.column_names}
    bad: list[str | None] = [None] * table.num_rows
    for name in table.column_names:
        for spot in _inexact(table.column(name)):
            bad[spot] = (
                f"row {done + spot + 1} has the column {shown(name)} stored as a number, digits "
                "are lost; write the column as text"
            )
    rows = pa.table(columns)
    if any(bad):
        rows = rows.append_column(BAD, pa.array(bad, pa.string()))
    if any(_do.any(_do.match_substring(one, "\x00")).as_py() for one in rows.columns):
        return Chunk(chunk_of(rows.to_pylist()).table, types)
    return Chunk(rows, types)


def _inexact(column: Any) -> list[int]:
    if not kinds.is_floating(column.type):
        return []
    large = _do.greater_equal(_do.abs(column), pa.scalar(EXACT, column.type))
    found: list[int] = _do.indices_nonzero(_do.fill_null(large, False)).to_pylist()
    return found


def _text(column: Any) -> Any:
    kind = column.type
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_null(kind):
        return column.cast(pa.string())
    if kinds.is_timestamp(kind):
        return _times(column)
    if kinds.is_date(kind):
        return column.cast(pa.date32()).cast(pa.string())
    if kinds.is_integer(kind) or kinds.is_decimal(kind):
        return column.cast(pa.string())
    return chunk_of([{"cell": value} for value in column.to_pylist()]).table.column("cell")


def _times(column: Any) -> Any:
    if column.type.tz is not None:
        column = _do.local_timestamp(column.cast(pa.timestamp("us", CITY)))
    return _do.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
