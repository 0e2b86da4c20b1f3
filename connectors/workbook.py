"""Excel rows: one sheet, typed cells as text; whatever is not plainly a value is refused."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from connectors.chunks import BAD, MORE, check_header, more, shown
from connectors.frames import Row
from connectors.zipped import BROKEN, check_parts, merged_areas

#: No sheet of a department is wider.
MOST_COLUMNS = 1024
#: From here on Excel no longer holds every whole number.
EXACT = 10**15


def excel_rows(file: BinaryIO, encoding: str) -> Iterator[Row]:
    """The rows of the only sheet, with a header; an empty cell is null, an empty line passed over.

    Raises ValueError for another sheet with rows, a first sheet that is hidden, a header that is
    no plain text, or a workbook that unfolds to too much.
    """
    del encoding  # a workbook says its own
    try:
        check_parts(file)
    except BROKEN:
        raise ValueError("it is not an Excel workbook (xlsx)") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles that openpyxl does not know
        book = _safely(
            "it is not an Excel workbook (xlsx)",
            lambda: openpyxl.load_workbook(file, read_only=True, data_only=False),
        )
    try:
        yield from _sheet(file, book)
    finally:
        book.close()


#: What openpyxl and its XML parsers raise on a workbook that is not what it should be.
_BROKEN = (
    *BROKEN, ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError,
    InvalidFileException,
)  # fmt: skip


def _safely(said: str, call: Callable[[], Any]) -> Any:
    """The call's answer. Its own errors may repeat a cell's value: ours does not."""
    try:
        return call()
    except _BROKEN:
        raise ValueError(said) from None


def _lines(sheet: Any, most: int | None = None) -> Iterator[tuple[int, Sequence[Any]]]:
    """The lines of a sheet with their numbers, as far as they are there."""
    sheet.reset_dimensions()  # what a sheet says of its size need not be true
    lines = sheet.iter_rows(max_row=most)
    number = 1
    while True:
        said = f"line {number} has a cell that is not what its type says, or the sheet is broken"
        line = _safely(said, lambda: next(lines, None))
        if line is None:
            return
        yield number, line
        number += 1


def _sheet(file: BinaryIO, book: Any) -> Iterator[Row]:
    if not book.worksheets:
        raise ValueError("it has no sheet with cells")
    first, *others = book.worksheets
    if first.sheet_state != "visible":
        raise ValueError("its first sheet is hidden: show it, or delete it")
    for number, sheet in enumerate(others, start=2):
        if any(cell.value is not None for _, line in _lines(sheet, 9) for cell in line):
            raise ValueError(f"its sheet {number} has cells too: one sheet a file")
    path = first._worksheet_path
    areas = _safely("its sheet is broken", lambda: list(merged_areas(file, path)))
    merged = _merged(areas)
    lines = _lines(first)
    _, top = next(lines, (1, ()))
    header = _header(top, merged)
    for number, line in lines:
        if len(line) > MOST_COLUMNS:
            raise ValueError(f"line {number} has over {MOST_COLUMNS} columns")
        if any(cell.value is not None for cell in line) or number in merged:
            yield _row(header, line, number, number in merged)


def _merged(areas: Sequence[str]) -> set[int]:
    """Lines with a merged cell. An area of one line and one column is none."""
    lines: set[int] = set()
    for area in areas:
        _, top, _, bottom = range_boundaries(area)
        if not top or not bottom or bottom - top > 1 << 20:
            raise ValueError("it has a merged area that cannot be read")
        lines.update(range(top, bottom + 1))
    return lines


def _header(cells: Sequence[Any], merged: set[int]) -> list[str]:
    if 1 in merged:
        raise ValueError("its header has merged cells")
    while cells and cells[-1].value is None:
        cells = cells[:-1]
    if not cells:
        raise ValueError("its first line is empty: the header is meant there")
    if len(cells) > MOST_COLUMNS:
        raise ValueError(f"line 1 has over {MOST_COLUMNS} columns")
    if any(cell.data_type in ("f", "e") for cell in cells if cell.value is not None):
        raise ValueError("its header has a formula or an error")
    header = ["" if cell.value is None else str(cell.value) for cell in cells]
    check_header(header)
    return header


def _row(header: list[str], cells: Sequence[Any], number: int, merged: bool) -> Row:
    row: dict[str, object] = dict.fromkeys(header)
    why = [f"line {number} has a merged cell"] if merged else []
    for name, cell in zip(header, cells, strict=False):
        row[name], reason = _value(cell)
        if reason:
            why.append(f"line {number} has in the column {shown(name)} {reason}")
    beyond = [cell.value for cell in cells[len(header) :]]
    if any(value is not None for value in beyond):
        why.append(f"line {number} has cells beyond the header")
        row[MORE] = more(beyond)
    if [row.get(name) for name in header] == header:
        why.append(f"line {number} repeats the header")
    if why:
        row[BAD] = "; ".join(why[:3])
    return row


def _value(cell: Any) -> tuple[object, str | None]:
    """A cell's value, and why it cannot be trusted."""
    value = cell.value
    if value is None:
        return None, None
    if cell.data_type == "f":
        return str(getattr(value, "text", value)), "a formula: put its value there as text"
    if cell.data_type == "e":
        return str(value), f"an error ({value})" if _ERROR.fullmatch(str(value)) else "an error"
    if isinstance(value, datetime) and value.time() == time() and not _CLOCK.search(_form(cell)):
        return value.date(), None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT:
        return value, "a number stored as a number, digits are lost; format the column as text"
    return value, None


_ERROR = re.compile(r"#[A-Z0-9/]{1,12}[!?]?")
_CLOCK = re.compile("[hs]", re.IGNORECASE)


def _form(cell: Any) -> str:
    return str(cell.number_format)
