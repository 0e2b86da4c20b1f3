"""Fault rows that come back (`dn_*`): each reopens the row that it is about, as a question.

Of a licence's fault row only the source's identifier and the remark are kept, with long numbers
masked: it repeats the holder's name and number, which have no place here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from catalog.tables import reopened, sent
from kernel.errors import BadInput

#: By table of faults, what names the fault, the row, its table, the code and the text.
TASK_FAULTS = "dn_audit_abnormal"
LICENCE_FAULTS = "dn_lic_data_error"
NEEDED: dict[str, tuple[str, ...]] = {
    TASK_FAULTS: ("row_guid", "table_sql_name", "table_row_guid", "err_type"),
    LICENCE_FAULTS: ("certificate_source_id", "cd_batch", "error_remark"),
}
LICENCES = "up_lic_data"  # what licences go up in; this catalogue does not send it
_NUMBER = re.compile(r"(?=[0-9A-Za-z]*\d{6})[0-9A-Za-z]{7,}")


@dataclass(frozen=True)
class Fault:
    """A row that came back. `item_id`: None where this catalogue did not send it."""

    id: int
    fault_table: str
    table_name: str
    row_guid: str
    item_id: str | None
    code: str
    fault: str
    opened_at: datetime
    resend: bool
    closed_at: datetime | None
    closed_by: str | None
    closed_why: str | None

    def as_json(self) -> dict[str, Any]:
        """Times as text."""
        closed = self.closed_at.isoformat() if self.closed_at else None
        return {**vars(self), "opened_at": self.opened_at.isoformat(), "closed_at": closed}


@dataclass(frozen=True)
class Taken:
    """Rows read, those that were new, and of these the ones about a row that was sent."""

    read: int
    new: int
    of_ours: int


def take(
    conn: Connection, table: str, rows: Iterable[Mapping[str, Any]], by: str, at: datetime
) -> Taken:
    """Reopen what the fault rows are about; a fault that is known already is left alone.

    Raises BadInput where the table is none of faults or a row lacks what names it.
    """
    if table not in NEEDED:
        raise BadInput(f"{table} is no table of faults: known are {', '.join(NEEDED)}")
    made = [_row(table, place, row, by, at) for place, row in enumerate(rows, 1)]
    known = _known(conn, [one["row_guid"] for one in made])
    for one in made:
        row = known.get((one["table_name"], one["row_guid"]))
        one["item_id"], one["row_hash"] = row or (None, None)
    new = 0
    ours = 0
    for one in {row["fault_guid"]: row for row in made}.values():
        done = conn.execute(
            insert(reopened)
            .values(one)
            .on_conflict_do_nothing(index_elements=["fault_guid"])
            .returning(reopened.c.item_id)
        ).one_or_none()
        new += done is not None
        ours += done is not None and done.item_id is not None
    return Taken(len(made), new, ours)


def faults(conn: Connection, *, closed: bool = False) -> list[Fault]:
    """Open ones, the oldest first; with `closed` all."""
    query = select(*(reopened.c[name] for name in Fault.__dataclass_fields__))
    if not closed:
        query = query.where(reopened.c.closed_at.is_(None))
    return [Fault(**row._mapping) for row in conn.execute(query.order_by(reopened.c.id))]


def resend(conn: Connection, number: int, by: str, why: str) -> None:
    """Let the next export send a reopened row again as it is. Raises BadInput."""
    _settle(conn, number, why, {"resend": True, "closed_by": by})


def close(conn: Connection, number: int, by: str, why: str, at: datetime) -> None:
    """Close a fault that needs no row sent (it is not ours, it was settled by telephone)."""
    _settle(conn, number, why, {"closed_at": at, "closed_by": by})


def _settle(conn: Connection, number: int, why: str, change: dict[str, Any]) -> None:
    if not why.strip():
        raise BadInput("what becomes of a fault needs a reason")
    done = conn.execute(
        update(reopened)
        .where(reopened.c.id == number, reopened.c.closed_at.is_(None))
        .values(closed_why=why.strip(), **change)
    )
    if done.rowcount != 1:
        raise BadInput(f"there is no open fault {number}: `zhongtai catalog faults` lists them")


def _known(conn: Connection, guids: Sequence[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Item and hash of rows that were sent, by table and identifier; the newest sending counts."""
    rows = conn.execute(
        select(sent.c.table_name, sent.c.row_guid, sent.c.item_id, sent.c.row_hash)
        .where(sent.c.row_guid.in_(guids))
        .order_by(sent.c.at)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _row(table: str, place: int, said: Mapping[str, Any], by: str, at: datetime) -> dict[str, Any]:
    row = {str(name).lower(): str(value or "").strip() for name, value in said.items()}
    missing = [name for name in NEEDED[table] if not row.get(name)]
    if missing:
        raise BadInput(f"{table}, row {place}: the column {missing[0]} is missing or empty")
    about = _task_fault(row) if table == TASK_FAULTS else _licence_fault(row)
    return about | {
        "fault_table": table,
        "opened_at": at,
        "by": by,
        "resend": False,
    }


def _task_fault(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "fault_guid": f"{TASK_FAULTS}:{row['row_guid']}",
        "table_name": row["table_sql_name"].lower(),
        "row_guid": row["table_row_guid"],
        "code": masked(row["err_type"]),
        "fault": masked(row.get("remark", "") or row["err_type"]),
    }


def _licence_fault(row: Mapping[str, str]) -> dict[str, Any]:
    mark = hashlib.sha256("|".join((row["certificate_source_id"], row["cd_batch"])).encode())
    return {
        "fault_guid": f"{LICENCE_FAULTS}:{mark.hexdigest()[:32]}",
        "table_name": LICENCES,
        "row_guid": row["certificate_source_id"],
        "code": "证照数据异常",
        "fault": masked(row["error_remark"]),
    }


def masked(said: str) -> str:
    """A remark without anything that may be somebody's number, at most 500 characters."""
    return _NUMBER.sub("＊＊＊", said)[:500]
