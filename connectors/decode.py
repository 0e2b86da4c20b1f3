"""Files to rows, a part at a time: CSV, Excel, XML, JSON Lines, Parquet.

Every reader takes an open file that can be wound back and the contract's encoding, and gives
chunks in the file's order. It raises ValueError, with the place, for a file that cannot be read;
a row that cannot be read is given with its reason (see `connectors.chunks`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

import pyarrow as pa

from connectors.chunks import BAD, DAMAGE, MORE, Chunk, check_header, chunk_of, chunks, more
from connectors.frames import BATCH_ROWS, Row
from connectors.lines import blocks
from connectors.parquet import parquet_chunks
from connectors.workbook import excel_rows
from connectors.xmlrows import xml_rows

LONGEST_CELL = 1 << 20


def csv_chunks(file: BinaryIO, encoding: str) -> Iterator[Chunk]:
    """RFC 4180 with a header; an empty cell is null, an empty line is passed over."""
    csv.field_size_limit(LONGEST_CELL)
    texts = (io.StringIO(text, newline="") for text in blocks(file, encoding))
    lines = csv.reader(chain.from_iterable(texts), strict=True)
    try:
        header = next(lines, None)
        if header is None:
            raise ValueError("it is empty: even a file without rows has a header")
        check_header(header)
        while True:
            first = lines.line_num + 1
            part = list(islice(lines, BATCH_ROWS))
            if not part:
                return
            if not all(part):
                part = [line for line in part if line]
            yield _csv_chunk(header, part, first, lines.line_num)
    except csv.Error as error:
        raise ValueError(f"line {lines.line_num} is not CSV: {error}") from None


def _csv_chunk(header: list[str], lines: list[list[str]], first: int, last: int) -> Chunk:
    """Whole columns at a time; only a part with a bad row is looked at row by row."""
    straight = {len(line) for line in lines} == {len(header)} and header not in lines
    if straight and not any(map(_unfit, map("".join, lines))):
        columns = zip(*lines, strict=True)
        arrays = [pa.array([cell or None for cell in cells], pa.string()) for cells in columns]
        return Chunk(pa.table(arrays, names=header))
    # A cell may hold a line's end: a row's line is known only where none of the part does.
    exact = last - first + 1 == len(lines)
    return chunk_of(
        [
            _csv_row(header, cells, f"line {first + i}" if exact else f"a line after {first - 1}")
            for i, cells in enumerate(lines)
        ]
    )


def _unfit(text: str) -> bool:
    return (not text.isascii() and DAMAGE in text) or "\x00" in text


def _csv_row(header: list[str], cells: list[str], place: str) -> Row:
    padded = [*cells, *[""] * (len(header) - len(cells))]
    row: dict[str, object] = {n: c or None for n, c in zip(header, padded, strict=False)}
    if cells == header:
        row[BAD] = f"{place} repeats the header"
    elif len(cells) != len(header):
        row[BAD] = f"{place} has {len(cells)} cells, the header has {len(header)}"
    elif any(map(_unfit, cells)):
        nul = any("\x00" in cell for cell in cells)
        what = "a NUL byte" if nul else "bytes that are not in the file's encoding"
        row[BAD] = f"{place} holds {what}"
    if len(cells) > len(header):
        row[MORE] = more(cells[len(header) :])
    return row


def jsonl_rows(file: BinaryIO, encoding: str) -> Iterator[Row]:
    """One JSON object a line; numbers stay as they are written."""
    number = 0
    for text in blocks(file, encoding):
        for line in text.removesuffix("\n").split("\n"):
            number += 1
            if line.strip():
                yield _json_row(line, number)


def _json_row(line: str, number: int) -> Row:
    try:
        row = json.loads(
            line,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError):
        row = None
    if isinstance(row, dict) and not any(name.startswith("+") for name in row):
        return row
    if number == 1:
        raise ValueError("line 1 is not a JSON object")
    return {BAD: f"line {number} is not a JSON object with each name once", MORE: more([line])}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _by_rows(read: Callable[[BinaryIO, str], Iterator[Row]]) -> Reader:
    return lambda file, encoding: chunks(read(file, encoding))


Reader = Callable[[BinaryIO, str], Iterator[Chunk]]

#: By the name in `transport.format`: how its rows are read, and its file name's end.
READERS: dict[str, Reader] = {
    "csv": csv_chunks,
    "excel": _by_rows(excel_rows),
    "xml": _by_rows(xml_rows),
    "jsonl": _by_rows(jsonl_rows),
    "parquet": parquet_chunks,
}
ENDS = {
    "csv": ".csv",
    "excel": ".xlsx",
    "xml": ".xml",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
}
