"""The department that the item system names, as dated periods.

The system gives no dates: when it names another department, that counts from the day on which the
catalogue saw it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from catalog.deciding.bodies import SOURCE
from catalog.periods import ALWAYS, EVERYWHERE
from catalog.tables import deciding


def follow_source(conn: Connection, day: date, at: datetime) -> int:
    """Bring the source's periods up to the canonical items' departments; how many changed.

    A department seen first counts as having been there always; another one counts from `day` on.
    """
    current = {
        row.item_id: row
        for row in conn.execute(
            select(deciding).where(
                deciding.c.origin == SOURCE,
                deciding.c.withdrawn_at.is_(None),
                deciding.c.ends.is_(None),
            )
        )
    }
    wanted = conn.execute(
        text("SELECT id, department FROM catalog.canonical_item WHERE gone_at IS NULL")
    )
    known = set(
        conn.execute(select(deciding.c.item_id).where(deciding.c.origin == SOURCE)).scalars()
    )
    ended, same_day, new = [], [], []
    for item_id, department in wanted:
        row = current.get(item_id)
        if (row.department if row is not None else None) == (department or None):
            continue
        if row is not None and row.begins == day and department:
            same_day.append({"number": row.id, "named": department})
            continue
        if row is not None:
            ended.append(row.id)
        if department:
            begins = day if item_id in known else ALWAYS
            new.append(_source_row(item_id, department, begins, at))
    _write_source(conn, day, ended, same_day, new)
    return len(ended) + len(same_day) + len(new)


def _source_row(item_id: str, department: str, begins: date, at: datetime) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "division": EVERYWHERE,
        "origin": SOURCE,
        "begins": begins,
        "department": department,
        "manner": "kept" if begins == ALWAYS else "transferred",
        "by": "rule:source",
        "at": at,
        "why": "事项系统所列的实施主体" if begins == ALWAYS else "事项系统改列了实施主体",
    }


def _write_source(
    conn: Connection,
    day: date,
    ended: list[int],
    same_day: list[dict[str, Any]],
    new: list[dict[str, Any]],
) -> None:
    # A period that began today has no day of its own: it is taken back rather than ended.
    conn.execute(
        text(
            "UPDATE catalog.deciding SET ends = CASE WHEN begins < :day THEN :day END,"
            " withdrawn_at = CASE WHEN begins >= :day THEN now() END WHERE id = ANY(:ids)"
        ),
        {"day": day, "ids": ended},
    )
    if same_day:
        conn.execute(
            text("UPDATE catalog.deciding SET department = :named WHERE id = :number"), same_day
        )
    if new:
        conn.execute(insert(deciding), new)
