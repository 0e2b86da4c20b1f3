"""Items without a case in N years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from catalog.questions.cases import NONE, cases_by_item, reach, years_before
from catalog.questions.table import Table
from catalog.versions.read import current_version, items
from registry.contract import System

COLUMNS = {
    "item_id": "事项编码",
    "name": "事项名称",
    "department": "主管部门",
    "last_case": "最近一次收件",
    "cases": "历年办件数",
}


def unused(conn: Connection, systems: Mapping[str, System], years: int, now: datetime) -> Table:
    """Published items of which no case was opened in the last `years`, by department and id.

    Raises BadInput where `years` is no number of years.
    """
    since = years_before(now, years)
    version = current_version(conn)
    known = cases_by_item(conn, version, since)
    published = items(conn, version)
    rows = [
        {
            "item_id": item.item_id,
            "name": item.name,
            "department": item.department,
            "last_case": last.isoformat() if (last := known.get(item.item_id, NONE).last) else None,
            "cases": known.get(item.item_id, NONE).all,
        }
        for item in published
        if known.get(item.item_id, NONE).since == 0
    ]
    rows.sort(key=lambda row: (str(row["department"] or ""), str(row["item_id"])))
    about = (
        f"目录第{version}版共{len(published)}个事项，其中{len(rows)}个自{since:%Y-%m-%d}以来未见办件。"
        f"{reach(conn, systems)}；未见不等于没有。"
    )
    return Table("unused", about, COLUMNS, rows)
