"""What a version would hold now: items, mappings, materials, who decides, flow, forms.

Its materials of an item come from the item's own list (the landed rows of the canonical code);
where the base catalogue has none, they are the union of what the counties' implementations ask.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from catalog.flow.fields import DECLARED
from catalog.forms.asked import PublishedField
from catalog.materials.canonical_parts import shown_name
from catalog.materials.parse import Part
from catalog.sources import LandedItems, read_items
from catalog.versions.published import PublishedMaterial, merge
from catalog.versions.publishing import (
    deciding_rows,
    declared_rows,
    field_rows,
    flow_rows,
)
from catalog.versions.said import said_by_name, stricter

Row = tuple[Any, ...]
Content = dict[str, list[Row]]

#: The kinds of rows of a version, each in `catalog.published_<kind>`, and their columns. The first
#: ones of each name a row; rows are in their order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "item": ("item_id", "name", "parent", "department", "task_type"),
    "mapping": ("local_code", "item_id", "relation", "name", "division", "department"),
    "material": tuple(PublishedMaterial.__dataclass_fields__),
    "deciding": (
        "item_id", "division", "origin", "begins", "ends", "department", "manner",
        "on_behalf_of", "document", "basis",
    ),
    "flow": (
        "item_id", "division", "local_code", "field", "begins", "origin", "ends", "value",
        "source", "basis", "document",
    ),
    "declared": ("local_code", *DECLARED),
    "field": tuple(PublishedField.__dataclass_fields__),
}  # fmt: skip
#: Columns that came later, at the end of a row: a row that holds nothing there has its old digest.
LATER: dict[str, tuple[str, ...]] = {
    "declared": ("fee_standard", "fee_basis", "steps", "results"),
}
_ROWS = text(
    "SELECT DISTINCT item_code, coalesce(situation, '') AS situation, name, need, purpose,"
    ' coalesce(source_type, \'\') AS source_type, coalesce("order", 9999) AS "order"'
    " FROM landing.material WHERE deleted_at IS NULL AND NOT withheld"
)


def digest_of(content: Content) -> str:
    """SHA-256 over every row in order, one JSON line each. Kinds without rows leave it as it is."""
    sha = hashlib.sha256()
    for kind in sorted(content):
        for row in content[kind]:
            line = json.dumps(
                [kind, *_held(kind, row)], ensure_ascii=False, separators=(",", ":"),
                default=_plain, sort_keys=True,
            )  # fmt: skip
            sha.update(line.encode() + b"\n")
    return sha.hexdigest()


def _held(kind: str, row: Row) -> Row:
    """A row as it is digested: without empty later columns at its end."""
    most, least = len(row), len(row) - len(LATER.get(kind, ()))
    while most > least and row[most - 1] is None:
        most -= 1
    return row[:most]


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a published row holds texts, numbers and days, not {type(value).__name__}")


def content_now(conn: Connection) -> Content:
    """What a version would hold now, in order."""
    landed = read_items(conn)
    items = conn.execute(
        text(
            "SELECT id, name, parent, department, task_type FROM catalog.canonical_item"
            " WHERE gone_at IS NULL"
        )
    )
    item_rows = sorted((tuple(row) for row in items), key=lambda row: str(row[0]))
    ids = {row[0] for row in item_rows}
    mapping = _mappings(conn, landed, ids)
    materials = _materials(conn, landed, ids, mapping)
    implementations = [row[0] for row in mapping if row[0] not in landed.id_of]
    return {
        "item": item_rows,
        "mapping": mapping,
        "material": [_as_row(one) for one in materials],
        "deciding": deciding_rows(conn, ids),
        "flow": flow_rows(conn, ids, landed.id_of),
        "declared": declared_rows(conn, implementations),
        "field": field_rows(conn, ids),
    }


def _mappings(conn: Connection, landed: LandedItems, ids: set[str]) -> list[Row]:
    """Live implementations that are the same as, or a case of, a canonical item, by code.

    A canonical row whose own code is not its id stands here too, so that its code is found.
    """
    found = conn.execute(
        text(
            'SELECT "left", "right", relation FROM catalog.judgement WHERE subject = \'item\''
            " AND undone_at IS NULL AND relation IN ('same', 'narrower')"
        )
    )
    judged = {left: (right, relation) for left, right, relation in found if right in ids}
    rows: dict[str, Row] = {}
    for one in landed.implementations:
        if one.code in judged:
            department = one.handling_department or one.department or None
            where = (one.division or None, department)
            rows[one.code] = (one.code, *judged[one.code], one.name, *where)
    names = {item.id: item.name for item in landed.canonical}
    for code, item_id in landed.id_of.items():
        if code != item_id and item_id in ids:
            rows[code] = (code, item_id, "same", names[item_id], None, None)
    return [rows[code] for code in sorted(rows)]


def _materials(
    conn: Connection, landed: LandedItems, ids: set[str], mappings: Iterable[Row]
) -> list[PublishedMaterial]:
    parts = _parts_by_name(conn)
    own: dict[str, list[PublishedMaterial]] = defaultdict(list)
    theirs: dict[str, list[PublishedMaterial]] = defaultdict(list)
    same = {row[0]: row[1] for row in mappings if row[2] == "same"}
    canonical = {**{key: key for key in ids}, **landed.id_of}
    for code, situation, name, need, purpose, source, order in conn.execute(_ROWS):
        target, item_id = (own, canonical[code]) if code in canonical else (theirs, same.get(code))
        if item_id not in ids:
            continue
        for part_id, part in parts.get(name, ()):
            said = said_by_name(name, part_id)
            target[item_id].append(
                PublishedMaterial(
                    item_id,
                    part_id,
                    situation or said.situation,
                    shown_name(part.document, part.canonical_role),
                    part.kind,
                    part.role,
                    need is not False,
                    stricter(purpose or "compare", said.purpose),
                    source or None,
                    part.grade,
                    part.licence_types,
                    order,
                )
            )
    return [row for item_id in sorted(ids) for row in merge(own.get(item_id) or theirs[item_id])]


def _parts_by_name(conn: Connection) -> dict[str, list[tuple[str, Part]]]:
    """A material's name as written -> its canonical materials."""
    found = conn.execute(
        text("SELECT id, name, role, kind, licence_types FROM catalog.canonical_material")
    )
    parts = {row[0]: Part(row[1], row[2], "", row[3], tuple(row[4])) for row in found}
    judged = conn.execute(
        text(
            'SELECT "left", "right" FROM catalog.judgement'
            " WHERE subject = 'material' AND undone_at IS NULL AND relation = 'same'"
        )
    )
    return {
        left: [(one, parts[one]) for one in right.split() if one in parts] for left, right in judged
    }


def _as_row(one: PublishedMaterial) -> Row:
    values = (getattr(one, name) for name in COLUMNS["material"])
    return tuple(list(value) if isinstance(value, tuple) else value for value in values)
