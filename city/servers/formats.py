"""Rows as files: CSV, Excel, XML, JSON Lines, in the encoding that wire.yml says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

from openpyxl import Workbook

from city.servers.rest import row_xml

Row = dict[str, str | None]
Writer = Callable[[Sequence[str], Sequence[Row], str | None], bytes]


def to_csv(columns: Sequence[str], rows: Sequence[Row], encoding: str | None) -> bytes:
    """RFC 4180 with a header; a null is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns] for row in rows)
    return out.getvalue().encode(encoding or "utf-8")


def to_excel(columns: Sequence[str], rows: Sequence[Row], _: str | None) -> bytes:
    """First sheet, header row, all cells text; a null is an empty cell."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row[name] for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def to_xml(_: Sequence[str], rows: Sequence[Row], encoding: str | None) -> bytes:
    """`<ROWS><ROW><col>…`; a null is an absent element."""
    name = encoding or "utf-8"
    body = "\n".join(row_xml(row, "ROW") for row in rows)
    text = f'<?xml version="1.0" encoding="{name.upper()}"?>\n<ROWS>\n{body}\n</ROWS>\n'
    return text.encode(name)


def to_jsonl(_: Sequence[str], rows: Sequence[Row], encoding: str | None) -> bytes:
    """One JSON object a line."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    return "".join(lines).encode(encoding or "utf-8")


FORMATS: dict[str, tuple[str, Writer]] = {
    "csv": ("csv", to_csv),
    "excel": ("xlsx", to_excel),
    "xml": ("xml", to_xml),
    "jsonl": ("jsonl", to_jsonl),
}
