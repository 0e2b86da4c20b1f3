"""Counties that ask for more materials than others for the same item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlalchemy import Connection, text

from catalog.questions.table import Table
from catalog.versions.read import current_version, items
from registry import divisions

COLUMNS = {
    "item_id": "事项编码",
    "name": "事项名称",
    "division": "地方",
    "local_code": "实施编码",
    "asks": "该地材料数",
    "median": "各地中位数",
    "material_id": "材料编码",
    "material": "多要的材料",
    "written": "该地写法",
    "counties_asking": "也要的地方数",
    "counties": "有清单的地方数",
}
#: What each county's list of an item asks for: as written there, and as canonical materials.
_LISTS = text(
    "SELECT m.item_id, m.local_code, m.division, part.id AS material_id, k.name AS material,"
    " min(r.name) AS written"
    " FROM catalog.published_mapping m"
    " JOIN landing.material r ON r.item_code = m.local_code"
    " AND r.deleted_at IS NULL AND NOT r.withheld"
    " JOIN catalog.judgement j ON j.subject = 'material' AND j.\"left\" = r.name"
    " AND j.undone_at IS NULL AND j.relation = 'same'"
    " CROSS JOIN LATERAL unnest(string_to_array(j.\"right\", ' ')) AS part(id)"
    " JOIN catalog.canonical_material k ON k.id = part.id"
    " WHERE m.version = :version AND m.relation = 'same' AND m.division IS NOT NULL"
    " GROUP BY m.item_id, m.local_code, m.division, part.id, k.name"
)
#: What the base catalogue's own list of an item asks for.
_BASE = text(
    "SELECT DISTINCT i.item_id, part.id FROM catalog.published_item i"
    " JOIN landing.material r ON r.item_code = i.item_id"
    " AND r.deleted_at IS NULL AND NOT r.withheld"
    " JOIN catalog.judgement j ON j.subject = 'material' AND j.\"left\" = r.name"
    " AND j.undone_at IS NULL AND j.relation = 'same'"
    " CROSS JOIN LATERAL unnest(string_to_array(j.\"right\", ' ')) AS part(id)"
    " WHERE i.version = :version"
)


@dataclass
class Lists:
    """An item's lists by county's code: material id -> (its name, as written there)."""

    places: dict[str, str] = field(default_factory=dict)  # local code -> division
    asked: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def askers(self) -> dict[str, int]:
        """How many counties ask for each material."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, materials in self.asked.items():
            for material in materials:
                found[material].add(self.places[code])
        return {material: len(places) for material, places in found.items()}


def more_materials(conn: Connection) -> Table:
    """One row a county's material that is more than others ask for the same item.

    A county asks for more when its list is longer than the median of all counties' lists; of it
    those materials are more that the base catalogue's list does not have or, where the base has
    none, that at most half of the counties ask. Counties that give no list are not compared.
    """
    version = current_version(conn)
    names = {item.item_id: item.name for item in items(conn, version)}
    lists = _lists(conn, version)
    base = _base(conn, version)
    rows = [
        row
        for item_id in sorted(lists)
        if len(lists[item_id].asked) > 1
        for row in _of_item(item_id, names[item_id], lists[item_id], base.get(item_id, set()))
    ]
    compared = sum(len(one.asked) > 1 for one in lists.values())
    places = {row["division"] for row in rows}
    about = (
        f"比较了{compared}个有两地以上清单的事项：{len(places)}个地方多要了{len(rows)}份材料。"
        "以基本目录的清单为准；基本目录没有清单的，以过半数地方都要的为准。没有给出清单的地方不参加比较。"
    )
    return Table("more-materials", about, COLUMNS, rows)


def _of_item(item_id: str, name: str, lists: Lists, base: set[str]) -> list[dict[str, Any]]:
    middle = median(len(materials) for materials in lists.asked.values())
    askers, counties = lists.askers(), len(set(lists.places.values()))
    rows = []
    for code in sorted(lists.asked):
        materials = lists.asked[code]
        if len(materials) <= middle:
            continue
        for material in sorted(materials):
            usual = material in base if base else 2 * askers[material] > counties
            if usual:
                continue
            known, written = materials[material]
            rows.append(
                {
                    "item_id": item_id,
                    "name": name,
                    "division": lists.places[code],
                    "local_code": code,
                    "asks": len(materials),
                    "median": str(middle),
                    "material_id": material,
                    "material": known,
                    "written": written,
                    "counties_asking": askers[material],
                    "counties": counties,
                }
            )
    return rows


def _lists(conn: Connection, version: int) -> Mapping[str, Lists]:
    found: dict[str, Lists] = defaultdict(Lists)
    for row in conn.execute(_LISTS, {"version": version}):
        one = found[row.item_id]
        place = divisions.resolve(row.division)
        one.places[row.local_code] = place.name if place else row.division
        one.asked.setdefault(row.local_code, {})[row.material_id] = (row.material, row.written)
    return found


def _base(conn: Connection, version: int) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for item_id, material in conn.execute(_BASE, {"version": version}):
        found[item_id].add(material)
    return found
