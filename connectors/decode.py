"""Files to rows: CSV, Excel, XML, JSON Lines; in the encodings that departments write."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from connectors import xml
from connectors.frames import Row

#: An Excel file may not unfold to more than this.
MOST_UNFOLDED = 1 << 30
LONGEST_CELL = 1 << 20

#: What Python's gb18030 codec (the standard of 2000) still puts into private use, and where the
#: standard has the character now: 2005 (A8BC), 2022 (vertical marks, FE59 …), and the six of
#: Extension B (FE51 …) that fonts and other decoders have long read so.
_MOVED = str.maketrans(
    {
        0xE7C7: 0x1E3F,
        **{0xE78D + i: to for i, to in enumerate((0xFE10, 0xFE12, 0xFE11))},
        **{0xE790 + i: 0xFE13 + i for i in range(7)},
        **dict(
            zip(
                (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864),
                range(0x9FB4, 0x9FBC),
                strict=True,
            )
        ),
        **{0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC},
        **{0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE},
    }
)


def text_in(content: bytes, encoding: str) -> str:
    """The text. GBK is read as GB18030, which holds all of it. Raises ValueError with the place."""
    codec = "gb18030" if encoding in ("gbk", "gb18030") else encoding
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not {encoding} at byte {error.start}") from None
    return text.translate(_MOVED) if codec == "gb18030" else text


def csv_rows(content: bytes, encoding: str) -> Iterator[Row]:
    """RFC 4180 with a header; an empty cell is null. Cells beyond the header come as "+1" …"""
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(io.StringIO(text_in(content, encoding), newline=""), strict=True)
    try:
        header = next(lines, [])
        _check(header)
        for line in lines:
            if line:
                yield _cells(header, line)
    except csv.Error as error:
        raise ValueError(f"line {lines.line_num} is not CSV: {error}") from None


def excel_rows(content: bytes, encoding: str) -> Iterator[Row]:
    """The first sheet, with a header; an empty cell is null, an empty line is passed over."""
    del encoding  # a workbook says its own
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNFOLDED:
                raise ValueError("it unfolds to over 1 GB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError):
        raise ValueError("it is not an Excel workbook (xlsx)") from None
    try:
        lines = book.worksheets[0].iter_rows(values_only=True)
        header = ["" if cell is None else str(cell) for cell in next(lines, ())]
        _check(header)
        for line in lines:
            if any(cell is not None for cell in line):
                yield dict(zip(header, line, strict=False))
    finally:
        book.close()


def xml_rows(content: bytes, encoding: str) -> Iterator[Row]:
    """`<ROWS><ROW><column>…`: an absent cell is null."""
    yield from xml.rows_of(xml.parse_text(text_in(content, encoding)), "row")


def jsonl_rows(content: bytes, encoding: str) -> Iterator[Row]:
    """One JSON object a line; numbers stay as they are written."""
    for number, line in enumerate(text_in(content, encoding).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_int=str, parse_float=str)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise ValueError(f"line {number} is not a JSON object")
        yield row


#: By the name in `transport.format`: how its rows are read, and its file name's end.
READERS: dict[str, Callable[[bytes, str], Iterator[Row]]] = {
    "csv": csv_rows,
    "excel": excel_rows,
    "xml": xml_rows,
    "jsonl": jsonl_rows,
}
ENDS = {"csv": ".csv", "excel": ".xlsx", "xml": ".xml", "jsonl": ".jsonl"}


def _check(header: list[str]) -> None:
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise ValueError(f"its header names a column twice: {sorted(twice)[0]!r}")


def _cells(header: list[str], line: list[str]) -> Row:
    names = header + [f"+{i + 1}" for i in range(len(line) - len(header))]
    cells = line + [""] * (len(header) - len(line))
    return {name: cell or None for name, cell in zip(names, cells, strict=True)}
