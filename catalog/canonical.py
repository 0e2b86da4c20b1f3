"""Writing the canonical items and materials: only what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, text

from catalog.items.match import Canonical
from catalog.materials.parse import Part
from kernel.db import copy_rows
from kernel.errors import Stop

_ITEM = ("id", "name", "parent", "task_type", "department")
_MATERIAL = ("id", "name", "kind", "role", "licence_types", "grade")


def write_items(conn: Connection, items: Iterable[Canonical], at: datetime) -> None:
    """Make the canonical items just these. One that is no longer there is marked gone."""
    found = conn.execute(
        text(
            "SELECT id, name, parent, task_type, department FROM catalog.canonical_item"
            " WHERE gone_at IS NULL"
        )
    )
    there = {row[0]: tuple(row) for row in found}
    wanted = {
        item.id: (item.id, item.name, item.parent, item.task_type, item.department)
        for item in items
    }
    gone = sorted(set(there) - set(wanted))
    if gone:
        conn.execute(
            text("UPDATE catalog.canonical_item SET gone_at = :at WHERE id = ANY(:ids)"),
            {"at": at, "ids": gone},
        )
    changed = [row for key, row in wanted.items() if there.get(key) != row]
    if not changed:
        return
    conn.execute(
        text("DELETE FROM catalog.canonical_item WHERE id = ANY(:ids)"),
        {"ids": [row[0] for row in changed]},
    )
    copy_rows(conn, "catalog.canonical_item", _ITEM, changed)


def write_materials(conn: Connection, parts: Iterable[Part]) -> None:
    """Make the canonical materials just these, and those that a person's judgement names."""
    wanted: dict[str, tuple[str, str, str, str, list[str], str]] = {}
    ordered = sorted(parts, key=lambda part: (part.id, part.kind, part.licence_types))
    for part in ordered:
        role = part.canonical_role
        row = (part.id, part.document, part.kind, role, list(part.licence_types), part.grade)
        first = wanted.setdefault(part.id, row)
        if (first[1], first[3]) != (part.document, role):
            raise Stop(f"two different materials share the id {part.id}: make the ids longer")
    found = conn.execute(
        text(
            "SELECT id, name, kind, role, licence_types, grade,"
            ' id IN (SELECT "right" FROM catalog.judgement WHERE undone_at IS NULL'
            " AND subject = 'material' AND by LIKE 'user:%') FROM catalog.canonical_material"
        )
    ).all()
    there = {row[0]: tuple(row[:6]) for row in found}
    kept = {row[0] for row in found if row[6]}
    changed = [row for key, row in wanted.items() if there.get(key) != row]
    ended = [key for key in there if key not in wanted and key not in kept]
    conn.execute(
        text("DELETE FROM catalog.canonical_material WHERE id = ANY(:ids)"),
        {"ids": [*ended, *(row[0] for row in changed)]},
    )
    copy_rows(conn, "catalog.canonical_material", _MATERIAL, changed)
