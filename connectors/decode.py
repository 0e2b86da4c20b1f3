"""Files to rows, a part at a time: CSV, Excel, XML, JSON Lines, Parquet.

Every reader takes an open file that can be wound back and the contract's encoding, and gives
chunks in the file's order. It raises ValueError, with the place, for a file that cannot be read;
a row that cannot be read is given with its reason (see `connectors.chunks`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from connectors.chunks import BAD, MORE, Chunk, chunks, more
from connectors.csvrows import csv_chunks
from connectors.frames import Row
from connectors.lines import blocks
from connectors.parquet import parquet_chunks
from connectors.workbook import excel_rows
from connectors.xmlrows import xml_rows


def jsonl_rows(file: BinaryIO, encoding: str) -> Iterator[Row]:
    """One JSON object a line; numbers stay as they are written. A cut file is a ValueError."""
    number = 0
    for text in blocks(file, encoding):
        lines = text.removesuffix("\n").split("\n")
        last = number + len(lines) if text[-1] != "\n" else None
        for line in lines:
            number += 1
            if line.strip():
                row = _json_row(line, number)
                if BAD in row and number == last:
                    raise ValueError(f"it is cut in the middle of line {number}")
                yield row


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
