"""What an item asks for in one place on one day: its list, with that place's deviations in it.

A deviation says of one material how a place asks for it, or that it does not: then the item's own
lines of that material do not count there, in no situation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from catalog.flow.deltas import Delta
from catalog.flow.papers import PREFIX, is_paper, parts_of
from catalog.materials.canonical_parts import shown_name
from catalog.versions.flows import FlowValue, papers_read
from catalog.versions.published import PublishedMaterial, merge
from catalog.versions.read import PublishedItem, materials_of
from catalog.versions.said import said_by_name, stricter
from kernel.reads import read

LAST = 9999  # behind the item's own materials
_EVERY = text(
    "SELECT item_id, field, value FROM catalog.published_flow WHERE version = :version"
    " AND field LIKE :papers ORDER BY item_id, field, division, local_code, begins"
)
_LINE = ("name", "kind", "role", "need", "purpose", "situation", "source_type", "grade")


def as_published(conn: Connection, one: Delta) -> list[tuple[str, Any]]:
    """Field and value of a deviation as a version holds them.

    Of a material that is asked for: the whole line, under what its name means by now.
    """
    if not is_paper(one.field) or not one.value["asks"]:
        return [(one.field, one.value)]
    found = []
    for material_id, part in parts_of(conn, one.value["name"]):
        said = said_by_name(one.value["name"], material_id)
        line = PublishedMaterial(
            item_id=one.item_id,
            material_id=material_id,
            situation=one.value["situation"] or said.situation,
            name=shown_name(part.document, part.canonical_role),
            kind=part.kind,
            role=part.role,
            need=one.value["need"],
            purpose=stricter(one.value["purpose"], said.purpose),
            source_type=None,
            grade=part.grade,
            licence_types=part.licence_types,
            order=LAST,
        )
        facts = {name: getattr(line, name) for name in _LINE}
        types = list(part.licence_types)
        found.append((PREFIX + material_id, {"asks": True, **facts, "licence_types": types}))
    return found


def applied(
    listed: Iterable[PublishedMaterial], item_id: str, said: Iterable[FlowValue]
) -> list[PublishedMaterial]:
    """An item's list with a place's deviations in it, numbered anew."""
    return with_said(listed, item_id, {one.field: one.value for one in said})


def with_said(
    listed: Iterable[PublishedMaterial], item_id: str, said: Mapping[str, Any]
) -> list[PublishedMaterial]:
    """The same by the deviations' fields and values, as a version holds them."""
    own = list(listed)
    if not said:
        return own
    by_id = {field.removeprefix(PREFIX): value for field, value in said.items()}
    place = {one.material_id: one.order for one in reversed(own)}
    kept = [one for one in own if one.material_id not in by_id]
    asked = [
        line_of(item_id, material, value, place.get(material, LAST))
        for material, value in by_id.items()
        if value["asks"]
    ]
    return merge([*kept, *asked])


def line_of(item_id: str, material_id: str, value: Any, order: int = LAST) -> PublishedMaterial:
    """A published deviation that asks for a material, as a line of a list."""
    facts = {name: value[name] for name in _LINE}
    types = tuple(value["licence_types"])
    return PublishedMaterial(
        item_id=item_id, material_id=material_id, licence_types=types, order=order, **facts
    )


def asked_of(
    conn: Connection, version: int, item: PublishedItem, day: date
) -> list[PublishedMaterial]:
    """What an item asks for where its code belongs, on a day; the item's own list for its id."""
    said = read(conn, papers_read(version, item.item_id, item.division, day, item.local_code))
    return applied(materials_of(conn, version, item.item_id), item.item_id, said)


def added_anywhere(conn: Connection, version: int) -> list[PublishedMaterial]:
    """Every line that some place asks for beside the items' lists, whenever, each once an item."""
    found = {}
    for item_id, field, value in conn.execute(_EVERY, {"version": version, "papers": f"{PREFIX}%"}):
        if value["asks"]:
            one = line_of(item_id, field.removeprefix(PREFIX), value)
            found[tuple(asdict(one).values())] = one
    return list(found.values())
