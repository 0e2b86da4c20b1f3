"""What a material's own name says of why and when it is asked: 许可证（交回）, 已婚的，提供结婚证.

The source's columns may be silent or say otherwise. The stricter purpose counts. A condition of the
name counts only where it is one and a question behind it is known: else leaving the paper out would
be a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalog.materials.lexicon import load
from catalog.materials.parse import parse_material
from catalog.materials.part import Asked
from catalog.materials.proofs import known_proofs
from catalog.situations.words import read_situation
from catalog.versions.published import STRICTNESS


@dataclass(frozen=True)
class Said:
    """`purpose`: prove where the name is silent. `situation`: '' where none is said and known."""

    purpose: str = "prove"
    situation: str = ""


def said_by_name(name: str, part_id: str) -> Said:
    """What a name says of one of its canonical materials; of one that a person chose: of all."""
    found, whole = _said(name)
    return found.get(part_id, whole)


def stricter(one: str, other: str) -> str:
    """Of two purposes the one that asks more."""
    return max(one, other, key=STRICTNESS.index)


@lru_cache(maxsize=65536)
def _said(name: str) -> tuple[dict[str, Said], Said]:
    material = parse_material(name, known_proofs())
    found: dict[str, Said] = {}
    for part, group in zip(material.parts, material.groups, strict=True):
        found[part.id] = _of(group if part.id not in found else material.asked)
    return found, _of(material.asked)


def _of(asked: Iterable[Asked]) -> Said:
    every = list(asked)
    purpose = max((one.purpose for one in every), key=STRICTNESS.index, default="prove")
    situations = {one.situation for one in every}
    only = situations.pop() if len(situations) == 1 else ""
    return Said(purpose, only if _is_known(only) else "")


def _is_known(situation: str) -> bool:
    """（自有或租赁） may explain the paper: of several only the source's own column is believed."""
    joined = load().situations_joined.search(situation)
    return joined is None and read_situation(situation).own is None
