"""Writes the officer's form: an Excel file with explanations and drop-downs, nothing to run."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from registry import form

HEAD = PatternFill("solid", fgColor="DCE6F2")
ANSWER = PatternFill("solid", fgColor="FFF9E5")
_THIN = Side(style="thin", color="B7C0CC")
LINE = Border(_THIN, _THIN, _THIN, _THIN)
WRAPPED = Alignment(wrap_text=True, vertical="center")


def write_form(filled: dict[str, Any] | None = None, gives: tuple[str, ...] = ()) -> bytes:
    """The form as .xlsx bytes; `filled` (key -> the cell's value) and `gives` for a filled one."""
    book = Workbook()
    book.remove(book.worksheets[0])
    main = book.create_sheet(form.MAIN)
    lists = book.create_sheet(form.LISTS)
    _main(main, lists, filled or {})
    _gives(book.create_sheet(form.GIVES, 1), lists, gives)
    lists.sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _main(sheet: Any, lists: Any, filled: dict[str, Any]) -> None:
    sheet["A1"] = form.TITLE
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A2"] = (
        "请填写黄色的格子，不要改动其他格子。* 为必填。"
        "填好后交给运维人员，或在平台“本部门系统”页上传。"
    )
    _head(sheet, ("要填的", "请填写", "说明"), form.FIRST_ROW - 1)
    for at, question in enumerate(form.questions()):
        row = form.FIRST_ROW + at
        sheet.cell(row, 1, label(question))
        sheet.cell(row, 3, question.help)
        answer = sheet.cell(row, 2, filled.get(question.key))
        _look(sheet, row, answer)
        if question.read is form.day or not question.choices:
            answer.number_format = "@"
        if question.choices:
            _choose(sheet, lists, at + 1, question.choices, f"B{row}")
    for column, width in zip("ABC", (22, 52, 48), strict=True):
        sheet.column_dimensions[column].width = width


def _gives(sheet: Any, lists: Any, gives: tuple[str, ...]) -> None:
    sheet["A1"] = "这个系统能提供哪些证照？每行从下拉列表里选一种；没有证照就不用填。"
    _head(sheet, ("证照类型",), form.FIRST_ROW - 1)
    for at in range(form.GIVES_ROWS):
        row = form.FIRST_ROW + at
        cell = sheet.cell(row, 1, gives[at] if at < len(gives) else None)
        cell.fill, cell.border = ANSWER, LINE
    last = form.FIRST_ROW + form.GIVES_ROWS - 1
    place = len(form.questions()) + 1
    _choose(sheet, lists, place, form.type_names(), f"A{form.FIRST_ROW}:A{last}")
    sheet.column_dimensions["A"].width = 52


def label(question: form.Question) -> str:
    """A question as it stands in the first column."""
    return f"{question.label} *" if question.needed else question.label


def _head(sheet: Any, words: tuple[str, ...], row: int) -> None:
    for column, word in enumerate(words, 1):
        cell = sheet.cell(row, column, word)
        cell.font, cell.fill, cell.border = Font(bold=True), HEAD, LINE


def _look(sheet: Any, row: int, answer: Any) -> None:
    for column in (1, 2, 3):
        cell = sheet.cell(row, column)
        cell.border, cell.alignment = LINE, WRAPPED
    answer.fill = ANSWER
    sheet.row_dimensions[row].height = 30


def _choose(sheet: Any, lists: Any, column: int, choices: tuple[str, ...], cells: str) -> None:
    for row, choice in enumerate(choices, 1):
        lists.cell(row, column, choice)
    letter = get_column_letter(column)
    rule = DataValidation(
        "list", formula1=f"={form.LISTS}!${letter}$1:${letter}${len(choices)}", allow_blank=True
    )
    rule.error, rule.errorTitle, rule.showErrorMessage = "请从下拉列表里选", "不在列表里", True
    sheet.add_data_validation(rule)
    rule.add(cells)
