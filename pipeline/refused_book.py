"""The refused rows of a system as an Excel file for its department: causes first, then the rows.

Every cell is text, so that numbers keep their digits and nothing in a cell is computed.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy import Row, select

from kernel.clock import CITY_TIME
from kernel.crypto import decrypt
from kernel.house import House
from landing.place import raw_place, seal_key
from landing.tables import batch, quarantine
from ledger import log
from ledger.events import event
from pipeline.mending import causes, officers_only
from pipeline.sync import system_of
from pipeline.trust_view import origin
from registry.accounts import Account
from registry.contract import System

#: Rows of one sheet; more are said to be there, on the first sheet.
AT_MOST = 100_000
CHUNK = 2000
#: What XML cannot hold; an Excel cell holds at most 32,767 characters.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CELL = 32_767
CAUSES = ("数据目录", "字段", "规则", "原因", "条数", "首次发现", "由谁修改")
ROW = ("原因", "字段", "首次发现", "最近发现", "批次", "批内行号", "来源")


def book(house: House, account: Account, code: str) -> bytes:
    """The file. In the ledger before it is given. Raises Refused to any but the department's."""
    system = system_of(house, code)
    officers_only(house, account, system)
    own = house.for_department(account.department)
    made = Workbook(write_only=True)
    written = dict.fromkeys(system.streams, 0)
    summary = made.create_sheet("原因汇总")
    _causes(own, system, summary)
    for name in system.streams:
        written[name] = _stream(own, made, code, name)
    out = io.BytesIO()
    made.save(out)
    with house.engine.begin() as conn:
        facts = {"system": code, "rows": sum(written.values())}
        log.append(conn, event(house.clock(), "quarantine.exported", account.name, **facts))
    return out.getvalue()


def _causes(house: House, system: System, sheet: Any) -> None:
    for letter, width in zip("ABCDEFG", (14, 18, 14, 70, 10, 20, 36), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, bold=True) for name in CAUSES])
    for one in causes(house, [system]):
        values = (
            one.stream, one.column or "整行", one.rule, one.reason, str(one.rows),
            _when(one.first_seen), one.owner,
        )  # fmt: skip
        sheet.append([_cell(sheet, value) for value in values])
    note = f"在源系统改正后，下次同步自动入库，记录自动消失。每个目录最多列出 {AT_MOST:,} 条。"
    sheet.append([])
    sheet.append([_cell(sheet, note)])


def _stream(house: House, made: Workbook, code: str, name: str) -> int:
    """A sheet for a stream that has refused rows; how many it holds."""
    columns = _columns(house, code, name)
    if not columns:
        return 0
    sheet = made.create_sheet(_title(name))
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, text, bold=True) for text in (*ROW, *columns)])
    count = 0
    for row, raw in _rows(house, code, name):
        about = (
            row.reason, row.column or "", _when(row.first_seen), _when(row.last_seen),
            row.batch, str(row.place or ""), origin(row.facts or {}),
        )  # fmt: skip
        cells = [*about, *(raw.get(column) or "" for column in columns)]
        sheet.append([_cell(sheet, text) for text in cells])
        count += 1
    return count


def _title(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31]


def _columns(house: House, code: str, name: str) -> list[str]:
    """Every column that a refused row has, in the order in which they are met."""
    found: dict[str, None] = {}
    for _, raw in _rows(house, code, name):
        found.update(dict.fromkeys(raw))
    return list(found)


def _rows(house: House, code: str, name: str) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """Open entries and their raw rows, a few at a time, grouped by cause as a reader wants them."""
    c, key = quarantine.c, seal_key(house, code, name)
    query = (
        select(quarantine, batch.c.facts)
        .outerjoin(batch, batch.c.id == c.batch)
        .where(c.system == code, c.stream == name, c.closed_at.is_(None))
        .order_by(c.rule, c.column, c.id)
        .limit(AT_MOST)
    )
    with house.engine.connect() as conn:
        for row in conn.execution_options(yield_per=CHUNK).execute(query):
            yield row, json.loads(decrypt(key, row.sealed, raw_place(code, name, row.key_hash)))


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, CONTROL.sub("□", text)[:CELL])
    cell.data_type = "s"  # also what begins with "=": nothing is computed
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _when(at: datetime) -> str:
    return at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")
