"""Reads the officer's form strictly: every mistake at once, in Chinese, with its cell.

The file is a stranger's: its size, its parts and what they unpack to are bounded before it is
parsed; macros, links, formulas, merged cells and other versions are refused.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from kernel.errors import BadInput
from registry import form
from registry.formwrite import label

MOST_BYTES = 1024 * 1024
MOST_UNPACKED = 8 * 1024 * 1024
MOST_PARTS = 60
ALIEN = re.compile(r"vbaProject|macrosheets|externalLinks|embeddings|activeX|connections\.xml")
MOST_ROWS, MOST_COLUMNS = 400, 40


@dataclass(frozen=True)
class Filled:
    """A form as read. `answers`: question's key -> value; what was left out is not there."""

    answers: dict[str, str]
    gives: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {**self.answers, "gives": list(self.gives), "form_version": form.VERSION}


def read_form(data: bytes) -> Filled:
    """The answers. Raises BadInput with one sentence a mistake, one mistake a line."""
    _bounded(data)
    try:
        book = load_workbook(BytesIO(data), data_only=False, keep_links=False)
    except Exception as error:  # whatever a broken workbook makes the parser raise
        raise BadInput("这个文件打不开：请用平台下载的登记表填写，另存为 .xlsx") from error
    missing = [name for name in (form.MAIN, form.GIVES) if name not in book.sheetnames]
    if missing:
        raise BadInput(f"没有工作表“{missing[0]}”：请用平台下载的登记表填写")
    main, gives = book[form.MAIN], book[form.GIVES]
    if main["A1"].value != form.TITLE:
        raise BadInput(
            f"{form.MAIN} A1：不是当前版本的登记表，应为“{form.TITLE}”，请重新下载后填写"
        )
    wrong = [*_merged(main), *_merged(gives)]
    answers = _answers(main, wrong)
    types = _types(gives, wrong)
    _together(answers, wrong)
    if wrong:
        raise BadInput("\n".join(wrong))
    return Filled(answers, types)


def _bounded(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise BadInput(f"文件太大（{len(data) // 1024} KB），登记表最大 {MOST_BYTES // 1024} KB")
    try:
        parts = zipfile.ZipFile(BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise BadInput(
            "这个文件不是 .xlsx：请用平台下载的登记表填写（.xls 请另存为 .xlsx）"
        ) from None
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise BadInput("文件内容异常（展开后太大或部件太多），没有读取：请重新下载登记表填写")
    alien = next((one.filename for one in parts if ALIEN.search(one.filename)), None)
    if alien is not None:
        raise BadInput("文件里有宏、外部链接或嵌入对象，没有读取：请用平台下载的登记表填写")
    _unpacks_as_said(data)


def _unpacks_as_said(data: bytes) -> None:
    """A part may lie about its size: read no more than is allowed, and look for a DTD."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(BytesIO(data)) as packed:
        for one in packed.infolist():
            try:
                with packed.open(one) as part:
                    content = part.read(left + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
                raise BadInput("文件已损坏或加了密码：请去掉密码，或重新下载登记表填写") from None
            left -= len(content)
            if left < 0:
                raise BadInput("文件内容异常（展开后太大），没有读取：请重新下载登记表填写")
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise BadInput("文件内容异常（含有文档类型定义），没有读取：请重新下载登记表填写")


def _merged(sheet: Any) -> list[str]:
    found = [str(one) for one in sheet.merged_cells.ranges]
    wrong = [f"{sheet.title} {one}：不能合并单元格，请取消合并" for one in found[:10]]
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        wrong.append(
            f"{sheet.title}：多出了行或列（最多 {MOST_ROWS} 行 {MOST_COLUMNS} 列），请删除"
        )
    return wrong


def _answers(sheet: Any, wrong: list[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for at, question in enumerate(form.questions()):
        row = form.FIRST_ROW + at
        where = f"{sheet.title} B{row}“{question.label}”"
        if sheet.cell(row, 1).value != label(question):
            wrong.append(f"{sheet.title} A{row}：标题被改动了，应为“{label(question)}”")
            continue
        value = _value(sheet.cell(row, 2), where, wrong)
        if value is _WRONG:
            continue
        if value is None:
            if question.needed:
                allowed = f"，只能是：{'、'.join(question.choices)}" if question.choices else ""
                wrong.append(f"{where}：没有填写；{question.help}{allowed}")
            continue
        try:
            answers[question.key] = question.read(value)
        except form.Wrong as error:
            wrong.append(f"{where}：{error}")
    below = form.FIRST_ROW + len(form.questions())
    wrong += _stray(sheet, below, "最后一项以下")
    return answers


def _types(sheet: Any, wrong: list[str]) -> tuple[str, ...]:
    known, found = frozenset(form.type_names()), []
    for row in range(form.FIRST_ROW, form.FIRST_ROW + form.GIVES_ROWS):
        where = f"{sheet.title} A{row}"
        value = _value(sheet.cell(row, 1), where, wrong)
        if value is None or value is _WRONG:
            continue
        if value not in known:
            wrong.append(f"{where}：没有证照类型“{str(value)[:30]}”，请从下拉列表里选")
        elif value in found:
            wrong.append(f"{where}：“{value}”重复了，同一种证照只填一次")
        else:
            found.append(str(value))
    wrong += _stray(sheet, form.FIRST_ROW + form.GIVES_ROWS, "列表以下")
    return tuple(found)


def _stray(sheet: Any, first: int, place: str) -> list[str]:
    rows = sheet.iter_rows(min_row=first, max_row=min(sheet.max_row, MOST_ROWS))
    cells = [one.coordinate for row in rows for one in row[:MOST_COLUMNS] if one.value is not None]
    return [f"{sheet.title} {cells[0]}：{place}不能有内容，请删除"] if cells else []


_WRONG = object()


def _value(cell: Any, where: str, wrong: list[str]) -> Any:
    """A cell's value; None when empty. A formula or an error is a mistake."""
    value = cell.value
    if cell.data_type in ("f", "e"):
        wrong.append(f"{where}：不能用公式或错误值，请直接填写内容")
        return _WRONG
    return None if value is None or (isinstance(value, str) and not value.strip()) else value


def _together(answers: dict[str, str], wrong: list[str]) -> None:
    """What two answers say of each other."""
    if ("letter" in answers) != ("until" in answers):
        lacks = "授权截止日期" if "letter" in answers else "授权文件文号"
        if not any("“授权截止日期”" in one or "“授权文件文号”" in one for one in wrong):
            wrong.append(f"{form.MAIN}：授权文件文号和截止日期要一起填，现在缺“{lacks}”")
