"""A published item's material, and how several rows that ask for it become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

#: The stricter purpose wins: a paper that must be surrendered is not waived by data.
STRICTNESS = ("prove", "compare", "surrender")


@dataclass(frozen=True)
class PublishedMaterial:
    """One line of an item's published material list, as the table `published_material` has it.

    `situation`: '' always. `need`: false where it is asked only in some cases. `purpose`: prove,
    compare or surrender; only what proves can be waived. `licence_types`: any one satisfies it.
    """

    item_id: str
    material_id: str
    situation: str
    name: str
    kind: str
    role: str
    need: bool
    purpose: str
    source_type: str | None
    grade: str
    licence_types: tuple[str, ...]
    order: int


def merge(rows: Iterable[PublishedMaterial]) -> list[PublishedMaterial]:
    """Each material once a situation, numbered in order. Needed if any row needs it."""
    found: dict[tuple[str, str], PublishedMaterial] = {}
    for row in rows:
        key = (row.situation, row.material_id)
        other = found.get(key, row)
        found[key] = replace(
            row,
            need=row.need or other.need,
            purpose=max(row.purpose, other.purpose, key=STRICTNESS.index),
            source_type=min(row.source_type or "", other.source_type or "") or None,
            order=min(row.order, other.order),
        )
    ordered = sorted(found.values(), key=lambda row: (row.situation, row.order, row.material_id))
    return [replace(row, order=number) for number, row in enumerate(ordered, 1)]
