"""Tables that people hand in: CSV (UTF-8 or GB18030) or an Excel file, with a heading."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook

from kernel.csvfiles import decoded
from kernel.errors import BadInput

MOST = 50 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_CELLS = 5_000_000


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows by heading, cells as text without blanks around. Raises BadInput."""
    if len(data) > MOST:
        raise BadInput("a table is at most 50 MB: hand it in in parts")
    grid = _excel(data) if data[:2] == b"PK" else _csv(data)
    if not grid or not any(grid[0]):
        raise BadInput("the table is empty: its first row names the columns")
    heads = [one.strip() for one in grid[0]]
    rows = []
    for place, cells in enumerate(grid[1:], 2):
        if not any(cells):
            continue
        if len(cells) > len(heads):
            raise BadInput(f"row {place} has more cells than the heading")
        padded = [*cells, *[""] * (len(heads) - len(cells))]
        rows.append({head: cell.strip() for head, cell in zip(heads, padded, strict=True) if head})
    return rows


def only(rows: Sequence[dict[str, str]], needed: Sequence[str], known: Sequence[str]) -> None:
    """Raises BadInput where a column is not known, or a needed cell is empty."""
    if not rows:
        raise BadInput("the table has a heading and no rows")
    for place, row in enumerate(rows, 2):
        unknown = sorted(set(row) - {*needed, *known})
        if unknown:
            raise BadInput(
                f"the table has no use for the column {unknown[0]}: "
                f"known are {', '.join([*needed, *known])}"
            )
        missing = [name for name in needed if not row.get(name)]
        if missing:
            raise BadInput(f"row {place}: {missing[0]} is missing")


def _csv(data: bytes) -> list[list[str]]:
    said = decoded(data)
    if said is None:
        raise BadInput("the table is neither UTF-8, GB18030 nor an Excel file")
    reader = csv.reader(io.StringIO(said, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error:
        raise BadInput(f"line {reader.line_num} of the table is no CSV") from None


def _excel(data: bytes) -> list[list[str]]:
    """The first sheet. A file is believed neither in what it unpacks to nor in how large a sheet
    it claims to have."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked <= MOST_UNPACKED:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return _grid(book.worksheets[0])
    except BadInput:
        raise
    except Exception as error:  # whatever a broken workbook makes the parser raise
        raise BadInput("the Excel file cannot be read: save it anew as .xlsx") from error
    raise BadInput(
        f"the Excel file unpacks to more than {MOST_UNPACKED // 1024**2} MB: hand it in in parts"
    )


def _grid(sheet: Any) -> list[list[str]]:
    """The cells as text, without empty ones at the end of a row."""
    sheet.reset_dimensions()
    grid: list[list[str]] = []
    seen = 0
    for row in sheet.values:
        seen += len(row) + 1
        if seen > MOST_CELLS:
            raise BadInput(f"a table has at most {MOST_CELLS:,} cells: hand it in in parts")
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        grid.append(cells)
    return grid


def _text(cell: object) -> str:
    """A day that Excel holds as a moment at midnight is a day."""
    return "" if cell is None else str(cell).removesuffix(" 00:00:00")
