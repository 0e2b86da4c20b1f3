"""Writing an export: files of CSV, an Excel book, the tables of a database behind a URL."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from catalog.exchange import national
from catalog.exchange.send import SENDING, Sending
from kernel.errors import BadInput, NotAuthorised, PersonMustAct, RetryLater

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBERS = frozenset({"anticipate_day", "promise_day", "order_num"})
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """CSV; None is an empty cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        ["" if value is None else value for value in row] for row in rows
    )
    return out.getvalue()


def book(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An Excel file; every cell is text, so that codes keep their digits and nothing computes."""
    made = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for place, row in enumerate(rows):
            sheet.append([_cell(sheet, value, bold=place == 0) for value in row])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises BadInput where it cannot be written."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror})") from None


def to_folder(folder: Path, made: Sending) -> list[Path]:
    """A CSV file a table that has rows, named by table and batch."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"the folder {folder} cannot be made ({error.strerror})") from None
    written = []
    for table, rows in made.tables.items():
        names = [*national.columns_of(table), *SENDING]
        data = csv_text([names, *([row[name] for name in names] for row in rows)])
        path = folder / f"{table}.{made.batch}.csv"
        put(path, data.encode("utf-8"))
        written.append(path)
    return written


def to_database(address: str, made: Sending) -> None:
    """The batch into the tables behind a URL, in one transaction; a batch is replaced whole.

    A table that is not there is made with our columns. Raises PersonMustAct, NotAuthorised,
    RetryLater; no address stands in their text.
    """
    engine = create_engine(_url(address), hide_parameters=True)
    try:
        with engine.begin() as conn:
            for name, rows in made.tables.items():
                table = _table(name)
                table.create(conn, checkfirst=True)
                conn.execute(table.delete().where(table.c.cd_batch == made.batch))
                conn.execute(table.insert(), rows)
    except OperationalError as error:
        if "password" in str(error.orig).lower() or "denied" in str(error.orig).lower():
            raise NotAuthorised("the exchange database refuses our account") from None
        raise RetryLater("the exchange database does not answer: try again later") from None
    except DBAPIError as error:
        name = type(error.orig).__name__
        raise PersonMustAct(
            f"the exchange database did not take the batch ({name}): compare its tables with "
            "docs/versions.md"
        ) from None
    finally:
        engine.dispose()


def _table(name: str) -> Table:
    columns = [Column(one, _kind(one)) for one in (*national.columns_of(name), *SENDING)]
    return Table(name, MetaData(), *columns)


def _kind(column: str) -> Any:
    if column in _NUMBERS:
        return Integer()
    return String(64) if column.startswith("cd_") or column.endswith("guid") else Text()


def _url(address: str) -> str:
    try:
        url = make_url(address)
    except ArgumentError:
        raise PersonMustAct("the secret of the exchange database holds no database URL") from None
    kind = url.get_backend_name()
    if kind not in _DRIVERS:
        raise PersonMustAct(f"an exchange database is {' or '.join(_DRIVERS)}, not {kind}")
    return url.set(drivername=_DRIVERS[kind]).render_as_string(hide_password=False)


def _cell(sheet: Any, value: str, *, bold: bool) -> Any:
    cell = WriteOnlyCell(sheet, _CONTROL.sub("□", value)[:32_767])
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
