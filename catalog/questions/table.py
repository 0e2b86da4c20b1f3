"""An answer as a table: for a person, as JSON, CSV or Excel. A row names what it was made of."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

#: What a spreadsheet would compute.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """`about`: a sentence or more in Chinese: what was looked at, and how far it reaches.

    `columns`: key -> its heading in Chinese. A row has exactly these keys; values are texts,
    numbers, days as ISO text, lists of texts, or None.
    """

    question: str
    about: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The table with its rows as they are."""
        return {
            "question": self.question,
            "about": self.about,
            "columns": dict(self.columns),
            "rows": [dict(row) for row in self.rows],
        }

    def as_csv(self) -> bytes:
        """UTF-8 with a mark, so that a spreadsheet program reads it; headings in Chinese."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns.values())
        for row in self.rows:
            writer.writerow([_tame(_text(row[key])) for key in self.columns])
        return out.getvalue().encode("utf-8-sig")

    def as_excel(self) -> bytes:
        """An .xlsx: the rows on one sheet, what they say on another."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet("结果")
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, name, bold=True) for name in self.columns.values()])
        for row in self.rows:
            sheet.append([_cell(sheet, row[key]) for key in self.columns])
        note = book.create_sheet("说明")
        note.append([_cell(note, self.about)])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def lines(self) -> list[str]:
        """For a person at a terminal: the rows, then what they say."""
        shown = ["  ".join(_text(row[key]) for key in self.columns) for row in self.rows]
        return [*shown, self.about]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "；".join(str(one) for one in value)
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def _tame(text: str) -> str:
    """A text that a spreadsheet does not compute."""
    return "'" + text if text.startswith(FORMULA) else text


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    cell = WriteOnlyCell(sheet, value if number else _text(value))
    if not number:
        cell.data_type = "s"
    if isinstance(value, float):
        cell.number_format = "0.0%"
    if bold:
        cell.font = Font(bold=True)
    return cell
