"""Materials that nobody's data satisfies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from catalog.questions.cases import NONE, cases_by_item, reach, years_before
from catalog.questions.papers import types_by_system
from catalog.questions.table import Table
from catalog.versions.read import current_version
from registry.contract import System

COLUMNS = {
    "material_id": "材料编码",
    "material": "材料",
    "kind": "类别",
    "role": "属于谁",
    "why": "原因",
    "items": "要它的事项数",
    "cases": "一年办件数",
    "types": "可代替的证照",
    "item_ids": "事项编码",
}
WHY = {
    "no_type": "没有登记的证照类型可以代替",
    "no_system": "有证照类型，但没有系统提供",
}
#: What the applicant makes himself nobody else's data can hold.
OWN_MAKING = ("form", "statement")
_ROWS = text(
    "SELECT material_id, min(name) AS name, min(kind) AS kind, min(role) AS role,"
    " min(licence_types) AS types, array_agg(DISTINCT item_id ORDER BY item_id) AS items"
    " FROM catalog.published_material"
    " WHERE version = :version AND need AND NOT kind = ANY(:own)"
    " AND source_type IS DISTINCT FROM 'applicant' GROUP BY material_id"
)


def unsatisfied(conn: Connection, systems: Mapping[str, System], now: datetime) -> Table:
    """Needed materials that no contract's licences stand for, those of most cases first.

    What the applicant makes himself (forms, statements, what its source says is his) is not here.
    """
    version = current_version(conn)
    given = frozenset().union(*types_by_system(systems).values())
    cases = cases_by_item(conn, version, years_before(now, 1))
    asked = conn.execute(_ROWS, {"version": version, "own": list(OWN_MAKING)}).all()
    rows: list[dict[str, Any]] = [
        {
            "material_id": row.material_id,
            "material": row.name,
            "kind": row.kind,
            "role": row.role,
            "why": WHY["no_system" if row.types else "no_type"],
            "items": len(row.items),
            "cases": sum(cases.get(item, NONE).since for item in row.items),
            "types": sorted(row.types),
            "item_ids": row.items,
        }
        for row in asked
        if not given & set(row.types)
    ]
    rows.sort(key=lambda row: (-row["cases"], -row["items"], row["material_id"]))
    about = (
        f"目录第{version}版中要由别处出具的{len(asked)}种必需材料里，"
        f"{len(rows)}种没有任何系统的数据可以代替。{reach(conn, systems)}。"
    )
    return Table("unsatisfied", about, COLUMNS, rows)
