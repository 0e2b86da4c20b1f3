"""Mandates (委托制证): who lets the platform make which licences, by which document, from when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType

from kernel.errors import BadContract
from registry import licence_types
from registry.named import HERE, Named, load_named
from registry.parts import Day, Text

FILE = HERE / "mandates.yml"


class Mandate(Named):
    """One document; `name` is its number. `begins`, `until`: its first and its last day."""

    department: Text
    types: list[Text]
    begins: Day
    until: Day

    def in_force(self, day: date) -> bool:
        """Whether it counts on that day."""
        return date.fromisoformat(self.begins) <= day <= date.fromisoformat(self.until)


@cache
def load() -> Mapping[str, Mandate]:
    """The mandates by document. Read once; raises BadContract on one that cannot be."""
    found = load_named(FILE, Mandate)
    for one in found.values():
        _check(one)
    return MappingProxyType(found)


@lru_cache(maxsize=1024)  # asked of every licence that is made
def in_force(licence_type: str, day: date) -> Mandate | None:
    """The mandate under which a type is made on a day; None: there is none."""
    return next(
        (one for one in load().values() if licence_type in one.types and one.in_force(day)), None
    )


def _check(one: Mandate) -> None:
    if date.fromisoformat(one.begins) > date.fromisoformat(one.until):
        raise BadContract(f"{FILE.name}: {one.name} ends before it begins")
    for name in one.types:
        kind = licence_types.load().get(name)
        if kind is None or kind.standing != "delegated":
            raise BadContract(f"{FILE.name}: {one.name} names {name}, which is no delegated type")
        if kind.department != one.department:
            raise BadContract(
                f"{FILE.name}: {one.name} is of {one.department}, but {name} is {kind.department}'s"
            )
