"""What of a version the national tables need to be told: new, changed and gone rows.

What was sent last is kept by target. A row that came back with a fault is sent again once it has
changed, or when a person says that it may go as it is. A send that is killed in between and run
again makes the same batch; the writer replaces a batch whole.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.dialects.postgresql import insert

from catalog.exchange import codes, national
from catalog.exchange.national import HeldBack, UpRow
from catalog.tables import reopened, sent
from catalog.versions.content import Content
from kernel.clock import CITY_TIME

#: Behind a row's own columns: how it was sent.
SENDING = ("cd_operation", "cd_batch", "cd_time", "data_source")


@dataclass(frozen=True)
class Sending:
    """A batch to write: rows by table, each with its own and the sending's columns."""

    target: str
    version: int
    batch: str
    at: datetime
    tables: dict[str, list[dict[str, Any]]]
    marks: tuple[dict[str, Any], ...]  # what is to be remembered once it is written
    mended: tuple[int, ...]  # faults that this batch answers
    held_back: tuple[HeldBack, ...]
    operations: dict[str, int]  # rows by I, U, D

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(len(one) for one in self.tables.values())


def prepare(conn: Connection, content: Content, version: int, target: str, at: datetime) -> Sending:
    """What the target has not been told. `at` names the day whose flow and bodies count."""
    day = at.astimezone(CITY_TIME).date()
    wanted, held_back = national.rows(content, day)
    before = _sent(conn, target)
    faults = _faults(conn)
    work: list[tuple[str, UpRow, str]] = []
    mended: list[int] = []
    for row in wanted:
        digest = hash_of(row)
        operation = _operation(before.get((row.table, row.guid)), digest)
        fault = faults.get((row.table, row.guid))
        if fault is not None and (fault.resend or fault.row_hash != digest):
            operation, mended = operation or "U", [*mended, fault.id]
        if operation is not None:
            work.append((operation, row, digest))
    there = {(row.table, row.guid) for row in wanted}
    gone = [row for key, row in before.items() if key not in there and not row.gone]
    mended += [
        faults[row.table_name, row.row_guid].id
        for row in gone
        if (row.table_name, row.row_guid) in faults
    ]
    work += [("D", _gone(row), row.row_hash) for row in gone]
    return _sending((target, version, at), work, tuple(mended), tuple(held_back))


def remember(conn: Connection, made: Sending) -> None:
    """Keep what was written, and close the faults that it answers."""
    if made.marks:
        statement = insert(sent)
        names = ("row_hash", "item_id", "version", "batch", "at", "gone")
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["target", "table_name", "row_guid"],
                set_={name: statement.excluded[name] for name in names},
            ),
            list(made.marks),
        )
    conn.execute(
        text(
            "UPDATE catalog.reopened SET closed_at = :at, closed_by = 'rule:exchange',"
            " closed_why = :why WHERE id = ANY(:ids) AND closed_at IS NULL"
        ),
        {"at": made.at, "why": f"已随批次 {made.batch} 重新上报", "ids": list(made.mended)},
    )


def hash_of(row: UpRow) -> str:
    """Digest of a row's own values."""
    said = json.dumps([row.table, row.values], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _operation(before: Row[Any] | None, digest: str) -> str | None:
    if before is None or before.gone:
        return "I"
    return None if before.row_hash == digest else "U"


def _gone(row: Row[Any]) -> UpRow:
    """A row that is no more: its identifier alone."""
    values: dict[str, Any] = dict.fromkeys(national.columns_of(row.table_name))
    return UpRow(row.table_name, row.row_guid, row.item_id, values | {"row_guid": row.row_guid})


def _sending(
    about: tuple[str, int, datetime],
    work: Iterable[tuple[str, UpRow, str]],
    mended: tuple[int, ...],
    held_back: tuple[HeldBack, ...],
) -> Sending:
    target, version, at = about
    ordered = sorted(work, key=lambda one: (one[1].table, one[1].guid))
    said = "|".join(f"{operation}{row.guid}{digest}" for operation, row, digest in ordered)
    batch = f"ZT{version:06d}{hashlib.sha256(f'{target}|{said}'.encode()).hexdigest()[:16]}"
    told = at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    tables: dict[str, list[dict[str, Any]]] = {}
    marks = []
    for operation, row, digest in ordered:
        how = (operation, batch, told, codes.DATA_SOURCE)
        tables.setdefault(row.table, []).append(row.values | dict(zip(SENDING, how, strict=True)))
        marks.append(
            {
                "target": target, "table_name": row.table, "row_guid": row.guid,
                "row_hash": digest, "item_id": row.item_id, "version": version, "batch": batch,
                "at": at, "gone": operation == "D",
            }
        )  # fmt: skip
    operations = dict(sorted(Counter(one[0] for one in ordered).items()))
    return Sending(target, version, batch, at, tables, tuple(marks), mended, held_back, operations)


def _sent(conn: Connection, target: str) -> dict[tuple[str, str], Row[Any]]:
    rows = conn.execute(select(sent).where(sent.c.target == target))
    return {(row.table_name, row.row_guid): row for row in rows}


def _faults(conn: Connection) -> dict[tuple[str, str], Row[Any]]:
    """Open faults by row; of several of one row the newest."""
    rows = conn.execute(
        select(reopened).where(reopened.c.closed_at.is_(None)).order_by(reopened.c.id)
    )
    return {(row.table_name, row.row_guid): row for row in rows}
