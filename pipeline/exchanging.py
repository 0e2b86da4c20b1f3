"""Exports of the catalogue, sends to the national tables, and the faults that come back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.exchange import faults as faults_room
from catalog.exchange import gb
from catalog.exchange.faults import Fault, Taken
from catalog.exchange.national import HeldBack
from catalog.exchange.send import Sending, prepare, remember
from catalog.exchange.sheets import rows_of
from catalog.exchange.snapshot import as_json
from catalog.exchange.write import book, csv_text, to_database, to_folder
from catalog.flow.fields import FIELDS
from catalog.versions import history
from catalog.versions.content import COLUMNS, Content
from kernel.clock import CITY_TIME
from kernel.db import lock
from kernel.errors import BadInput
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline.approval import ENGINEERS, person

FORMS = ("json", "xlsx", "gb39554")
SHEETS = {
    "item": "目录", "mapping": "实施清单", "material": "申请材料", "deciding": "决定机关",
    "flow": "流程", "declared": "办事指南所写",
    "field": "表单填写项",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """What went out. `rows` by operation (I, U, D); files of a folder."""

    version: int
    batch: str
    operations: Mapping[str, int]
    mended: int
    held_back: tuple[HeldBack, ...]
    files: tuple[str, ...]


class Exchanging:
    """Over one installation. Every method may raise BadInput and Refused."""

    def __init__(self, house: House) -> None:
        self.house = house

    def export(self, form: str, version: int | None) -> bytes:
        """A version as `json` (whole), `xlsx` (its tables), `gb39554` (CSV of implementations)."""
        if form not in FORMS:
            raise BadInput(f"an export is {', '.join(FORMS)} or national, not {form}")
        with self.house.engine.connect() as conn:
            number = history.known(conn, version)
            row = next(one for one in history.versions(conn) if one.number == number)
            content = history.verify(conn, number)
        if form == "json":
            return json.dumps(as_json(row, content), ensure_ascii=False, indent=1).encode()
        sheets = gb.sheets(content, self.house.clock().astimezone(CITY_TIME).date())
        if form == "gb39554":
            return csv_text(sheets["实施清单"]).encode("utf-8-sig")
        return book(
            {**{f"GB39554{name}": rows for name, rows in sheets.items()}, **_tables(content)}
        )

    def send(self, version: int | None, by: str, folder: Path | None, secret: str | None) -> Sent:
        """Tell the national tables what changed: CSV files in a folder, or the database whose
        address is the secret. Raises PersonMustAct, NotAuthorised, RetryLater as writing does.
        """
        if (folder is None) == (secret is None):
            raise BadInput("national rows go to a folder or to the database of a secret: name one")
        target = f"secret:{secret}" if folder is None else f"folder:{folder.resolve()}"
        with self.house.engine.begin() as conn:
            person(conn, by, ENGINEERS)
            lock(conn, f"exchange/{target}")
            number = history.known(conn, version)
            made = prepare(conn, history.verify(conn, number), number, target, self.house.clock())
            files = self._write(made, folder, secret) if made.rows else ()
            remember(conn, made)
            facts = {"version": number, "rows": made.rows, "place": secret or "folder"}
            log.append(conn, event(made.at, "exchange.written", by, **facts))
        return Sent(number, made.batch, made.operations, len(made.mended), made.held_back, files)

    def take_faults(self, data: bytes, table: str, by: str) -> Taken:
        """Fault rows out of a table with a heading, CSV or Excel."""
        rows = rows_of(data)
        with self.house.engine.begin() as conn:
            person(conn, by, ENGINEERS)
            at = self.house.clock()
            taken = faults_room.take(conn, table, rows, by, at)
            facts = {"subject": table, "rows": taken.read, "new": taken.new}
            log.append(conn, event(at, "exchange.faults_taken", by, **facts))
            return taken

    def faults(self, *, closed: bool = False) -> list[Fault]:
        """Rows that came back: open ones, or all."""
        with self.house.engine.connect() as conn:
            return faults_room.faults(conn, closed=closed)

    def settle(self, number: int, by: str, why: str, *, resend: bool) -> None:
        """Say what becomes of a fault: sent again as it is, or closed."""
        with self.house.engine.begin() as conn:
            person(conn, by, ENGINEERS)
            if resend:
                faults_room.resend(conn, number, by, why)
            else:
                faults_room.close(conn, number, by, why, self.house.clock())

    def _write(self, made: Sending, folder: Path | None, secret: str | None) -> tuple[str, ...]:
        if folder is not None:
            return tuple(str(path) for path in to_folder(folder, made))
        to_database(self.house.secrets.get(secret or ""), made)
        return ()


def _tables(content: Content) -> dict[str, list[list[str]]]:
    """The version's own rows as sheets of text."""
    return {
        SHEETS[kind]: [
            list(COLUMNS[kind]),
            *([_text(kind, name, value) for name, value in zip(COLUMNS[kind], row, strict=True)]
              for row in content[kind]),
        ]
        for kind in COLUMNS
    }  # fmt: skip


def _text(kind: str, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "licence_types":
        return "、".join(value)
    if kind == "flow" and name == "value" and isinstance(value, list):
        field = "steps" if value and isinstance(value[0], dict) else "results"
        return FIELDS[field].show(value)
    if kind == "declared" and isinstance(value, list):
        return FIELDS[name].show(value)
    return str(value)
