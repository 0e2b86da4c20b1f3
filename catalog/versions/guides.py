"""What the counties' guides say of one item, value by value: the way to one flow for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.flow.fields import DECLARED, agrees, shown, typed


class Guide(Protocol):
    """A county's implementation, with what its guide says by field."""

    @property
    def division(self) -> str: ...

    @property
    def declared(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Written:
    """One value of one field, and the divisions whose guides have it. `typed`: to propose it."""

    field: str
    shown: str
    typed: str
    in_force: bool  # it is what holds for the whole city
    divisions: tuple[str, ...]


def written(guides: Sequence[Guide], city: dict[str, Any]) -> tuple[Written, ...]:
    """Field by field, the value of most guides first. `city`: what holds for all, by field.

    Fields of which no guide says anything but what holds for the city are left out.
    """
    found: list[Written] = []
    for field in DECLARED:
        made = sorted(_of(field, guides, city), key=lambda one: (-len(one.divisions), one.shown))
        if any(not one.in_force for one in made):
            found += made
    return tuple(found)


def _of(field: str, guides: Iterable[Guide], city: dict[str, Any]) -> Iterable[Written]:
    alike: dict[str, list[tuple[Any, str]]] = {}
    for one in guides:
        value = one.declared[field]
        if value is not None:
            alike.setdefault(_key(field, value), []).append((value, one.division))
    for found in alike.values():
        value = _common([value for value, _ in found])
        places = tuple(sorted({division for _, division in found}))
        in_force = agrees(field, value, city.get(field))
        yield Written(field, shown(field, value), typed(field, value), in_force, places)


def _key(field: str, value: Any) -> str:
    """Steps are one way of doing it whatever days each place gives them."""
    return "\n".join(one["name"] for one in value) if field == "steps" else typed(field, value)


def _common(values: list[Any]) -> Any:
    """The value of all; steps of other days: without days."""
    first = values[0]
    if all(value == first for value in values):
        return first
    return [{**one, "days": None} for one in first]
