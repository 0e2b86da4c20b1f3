"""CSV rows (RFC 4180 with a header): an empty cell is null, an empty line is passed over.

Most blocks of a file have no quote in them; those are divided by Arrow. A block with quotes, or in
which Arrow finds a line of another length, is read by the csv module, cell by cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from connectors.chunks import BAD, DAMAGE, MORE, Chunk, check_header, chunk_of, more, regrouped
from connectors.frames import BATCH, Row
from connectors.lines import blocks

LONGEST_CELL = 1 << 20


def csv_chunks(file: BinaryIO, encoding: str) -> Iterator[Chunk]:
    """Chunks of the file. Raises ValueError with the line for what is no CSV."""
    return regrouped(_parts(blocks(file, encoding)))


def _parts(texts: Iterator[str]) -> Iterator[Chunk]:
    first = next(texts, None)
    if first is None:
        raise ValueError("it is empty: even a file without rows has a header")
    top = io.StringIO(first, newline="").readline()
    if _open(top):
        raise ValueError("line 1 is not CSV: a name of its header holds a line's end")
    header = next(_rows([top], 0), [])
    if not header:
        raise ValueError("line 1 is empty: a file begins with its header")
    check_header(header)
    line = top.count("\n")
    for text in chain([first[len(top) :]], texts):
        if _open(text):  # a quoted cell goes on in the next block, maybe: from here on in one
            yield from _slow(header, chain([text], texts), line)
            return
        yield from _quick(header, text) or _slow(header, [text], line)
        line += text.count("\n")


def _open(text: str) -> bool:
    return text.count('"') % 2 == 1


def _quick(header: list[str], text: str) -> list[Chunk]:
    """The block at once; nothing where it has to be looked at cell by cell."""
    if '"' in text or "\x00" in text or DAMAGE in text or not text.strip("\r\n"):
        return []
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode()),
            arrow_csv.ReadOptions(column_names=header, block_size=4 * len(text), use_threads=False),
            arrow_csv.ParseOptions(quote_char=False, ignore_empty_lines=True),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return []
    again = header[0] in table.column(0).to_pylist()
    return [] if again else [Chunk(table)]


def _slow(header: list[str], texts: Iterable[str], line: int) -> Iterator[Chunk]:
    ends: list[str] = []
    lines = csv.reader(_lines(texts, ends), strict=True)
    csv.field_size_limit(LONGEST_CELL)
    short = False
    try:
        while True:
            first = line + lines.line_num + 1
            part = list(islice(lines, BATCH.rows))
            if not part:
                if short and ends[-1] not in "\r\n":
                    raise ValueError(f"it is cut in the middle of line {first - 1}")
                return
            short = len(part[-1]) < len(header)
            # A cell may hold a line's end: a row's line is known only where none of the part does.
            exact = line + lines.line_num - first + 1 == len(part)
            yield _chunk(header, part, first, exact)
    except csv.Error as error:
        raise ValueError(f"line {line + lines.line_num} is not CSV: {error}") from None


def _lines(texts: Iterable[str], ends: list[str]) -> Iterator[str]:
    """Lines of the texts. The last of `ends` is the last character read."""
    for text in texts:
        ends[:] = [text[-1:]]
        yield from io.StringIO(text, newline="")


def _rows(lines: list[str], line: int) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, strict=True)
    except csv.Error as error:
        raise ValueError(f"line {line + 1} is not CSV: {error}") from None


def _chunk(header: list[str], lines: list[list[str]], first: int, exact: bool) -> Chunk:
    """Whole columns at a time; only a part with a bad row is looked at row by row."""
    straight = {len(line) for line in lines} == {len(header)} and header not in lines
    if straight and not any(map(_unfit, map("".join, lines))):
        columns = zip(*lines, strict=True)
        arrays = [pa.array([cell or None for cell in cells], pa.string()) for cells in columns]
        return Chunk(pa.table(arrays, names=header))
    rows = []
    for number, cells in enumerate(lines, start=first):
        place = f"line {number}" if exact else f"a line after {first - 1}"
        if cells:
            rows.append(_row(header, cells, place))
    return chunk_of(rows)


def _unfit(text: str) -> bool:
    return (not text.isascii() and DAMAGE in text) or "\x00" in text


def _row(header: list[str], cells: list[str], place: str) -> Row:
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
