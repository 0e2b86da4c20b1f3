"""Writing the canonical items and materials: only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from catalog.base_codes import standings
from catalog.items.match import Canonical
from catalog.materials.parse import Part
from kernel.db import copy_rows
from kernel.errors import Stop

_ITEM = ("id", "name", "parent", "task_type", "department", "level", "parent_id")
_MATERIAL = ("id", "name", "kind", "role", "licence_types", "grade")


@dataclass(frozen=True)
class Changed:
    """Ids of canonical items that are new or other than before, and of those that are gone."""

    written: frozenset[str]
    gone: frozenset[str]


def write_items(conn: Connection, items: Iterable[Canonical], at: datetime) -> Changed:
    """Make the canonical items just these. One that is no longer there is marked gone."""
    found = conn.execute(
        text(
            "SELECT id, name, parent, task_type, department, level, parent_id"
            " FROM catalog.canonical_item WHERE gone_at IS NULL"
        )
    )
    there = {row[0]: tuple(row) for row in found}
    known = {item.id: item for item in items}
    stands = standings(known.values())
    wanted = {
        key: (key, item.name, item.parent, item.task_type, item.department, stands[key].level,
              stands[key].parent)
        for key, item in known.items()
    }  # fmt: skip
    gone = frozenset(set(there) - set(wanted))
    if gone:
        conn.execute(
            text("UPDATE catalog.canonical_item SET gone_at = :at WHERE id = ANY(:ids)"),
            {"at": at, "ids": sorted(gone)},
        )
    changed = [row for key, row in wanted.items() if there.get(key) != row]
    written = frozenset(row[0] for row in changed)
    if changed:
        conn.execute(
            text("DELETE FROM catalog.canonical_item WHERE id = ANY(:ids)"),
            {"ids": sorted(written)},
        )
        copy_rows(conn, "catalog.canonical_item", _ITEM, changed)
    return Changed(written, gone)


Row = tuple[str, str, str, str, list[str], str]


def material_row(part: Part) -> Row:
    """A part of a material as a row of `canonical_material`."""
    role = part.canonical_role
    return part.id, part.document, part.kind, role, list(part.licence_types), part.grade


def write_materials(conn: Connection, ids: Iterable[str] | None) -> None:
    """Make these canonical materials (None: all) what the verdicts of live names say they are.

    One that a statement names stays though no name asks for it.
    """
    only = None if ids is None else sorted(ids)
    wanted = _least(_parts(conn, only))
    there, kept = _there(conn, only)
    ended = [key for key in there if key not in wanted and key not in kept]
    _replace(conn, there, wanted, ended)


def add_materials(conn: Connection, rows: Iterable[Row]) -> None:
    """Add what new names are made of to the canonical materials that are there."""
    new = _least(rows)
    there, kept = _there(conn, sorted(new))
    _replace(conn, there, _least([*new.values(), *there.values()]), [])
    if kept:  # of these nobody may have asked before
        write_materials(conn, kept)


def _least(rows: Iterable[Row]) -> dict[str, Row]:
    """One row an id: the first in order of content, so that the order of names does not matter."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row[0], row[2], row[4])):
        first = found.setdefault(row[0], row)
        if (first[1], first[3]) != (row[1], row[3]):
            raise Stop(f"two different materials share the id {row[0]}: make the ids longer")
    return found


def _there(conn: Connection, ids: list[str] | None) -> tuple[dict[str, Row], set[str]]:
    """The canonical materials as they stand, and those that a statement names."""
    found = conn.execute(
        text(
            "SELECT id, name, kind, role, licence_types, grade,"
            " id IN (SELECT unnest(rights) FROM catalog.statement WHERE subject = 'material'"
            " AND undone_at IS NULL) FROM catalog.canonical_material"
            " WHERE CAST(:ids AS text[]) IS NULL OR id = ANY(:ids)"
        ),
        {"ids": ids},
    ).all()
    there: dict[str, Row] = {r[0]: (r[0], r[1], r[2], r[3], list(r[4]), r[5]) for r in found}
    return there, {row[0] for row in found if row[6]}


def _replace(
    conn: Connection, there: dict[str, Row], wanted: dict[str, Row], ended: list[str]
) -> None:
    changed = [row for key, row in wanted.items() if there.get(key) != row]
    if ended or changed:
        conn.execute(
            text("DELETE FROM catalog.canonical_material WHERE id = ANY(:ids)"),
            {"ids": [*ended, *(row[0] for row in changed)]},
        )
    copy_rows(conn, "catalog.canonical_material", _MATERIAL, changed)


def _parts(conn: Connection, ids: list[str] | None) -> Iterator[Row]:
    """What live names are made of, each different row once."""
    found = conn.execute(
        text(
            "SELECT DISTINCT part FROM catalog.verdict v, jsonb_array_elements(v.parts) part"
            " WHERE v.subject = 'material' AND EXISTS (SELECT FROM catalog.local l"
            " WHERE l.subject = 'material' AND l.digest = v.digest)"
            " AND (CAST(:ids AS text[]) IS NULL"
            " OR (v.mentions && :ids AND part ->> 0 = ANY(:ids)))"
        ),
        {"ids": ids},
    ).scalars()
    for id_, document, kind, role, types, grade in found:
        yield id_, document, kind, role, list(types), grade
