"""Tables that people hand in: CSV (UTF-8 or GB18030) or an Excel file, with a heading."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.csvfiles import decoded
from kernel.errors import BadInput

MOST = 50 * 1024 * 1024


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
    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        return [[_text(cell) for cell in row] for row in sheet.values]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError):
        raise BadInput("the Excel file cannot be read: save it anew as .xlsx") from None


def _text(cell: object) -> str:
    """A day that Excel holds as a moment at midnight is a day."""
    return "" if cell is None else str(cell).removesuffix(" 00:00:00")
