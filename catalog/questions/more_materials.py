"""Counties that ask for more materials than others for the same item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cache
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
#: Read apart and joined here: three plain scans, whatever the planner knows of fresh tables.
_PLACES = text(
    "SELECT local_code, item_id, division FROM catalog.published_mapping"
    " WHERE version = :version AND relation = 'same' AND division IS NOT NULL"
)
_ROWS = text(
    "SELECT DISTINCT item_code, name FROM landing.material"
    " WHERE deleted_at IS NULL AND NOT withheld"
)
_MATERIALS = text(
    'SELECT "left", "right" FROM catalog.judgement'
    " WHERE subject = 'material' AND relation = 'same' AND undone_at IS NULL"
)
_NAMES = text("SELECT id, name FROM catalog.canonical_material")


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
    lists, base = _read(conn, version, names.keys())
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


def _read(
    conn: Connection, version: int, ids: Set[str]
) -> tuple[Mapping[str, Lists], Mapping[str, set[str]]]:
    """Items' lists by county, and what the base catalogue's own lists ask for."""
    names = {row.id: row.name for row in conn.execute(_NAMES)}
    parts = {left: right.split() for left, right in conn.execute(_MATERIALS)}
    places = {
        code: (item, where) for code, item, where in conn.execute(_PLACES, {"version": version})
    }
    lists: dict[str, Lists] = defaultdict(Lists)
    base: dict[str, set[str]] = defaultdict(set)
    for code, written in sorted(tuple(row) for row in conn.execute(_ROWS)):
        found = [one for one in parts.get(written, ()) if one in names]
        if code in ids:
            base[code].update(found)
        if code in places and found:
            item_id, where = places[code]
            lists[item_id].places[code] = _place(where)
            asked = lists[item_id].asked.setdefault(code, {})
            for one in found:
                asked.setdefault(one, (names[one], written))
    return lists, base


@cache
def _place(division: str) -> str:
    """A division by its one name; one that is not known stays as written."""
    found = divisions.resolve(division)
    return found.name if found else division
