"""Where a canonical item stands: main item, sub-item or handling item (GB/T 39554).

A base code is 12 digits: province 2, type 2, main item 5, sub-item 3 (000: the main item itself).
An implementation's code is 31 characters (credit code 18, level 1, base code 12), a handling
item's 33 (two more digits). Codes in the field often deviate: then the parent's name tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.items.match import Canonical

_BASE = re.compile(r"\d{9}(?P<sub>\d{3})")
_HANDLING = re.compile(r"(?P<implementation>[0-9A-Z]{18}\d(?P<base>\d{12}))\d{2}")


@dataclass(frozen=True)
class Standing:
    """`level`: main, sub or handling. `parent`: the id of the item above, where it is known."""

    level: str
    parent: str | None


def standings(items: Iterable[Canonical]) -> dict[str, Standing]:
    """Of each canonical item, by id."""
    known = {item.id: item for item in items}
    named: dict[str, list[str]] = {}
    for item in known.values():
        named.setdefault(item.name, []).append(item.id)
    return {item.id: _standing(item, set(known), named) for item in known.values()}


def _standing(item: Canonical, known: set[str], named: dict[str, list[str]]) -> Standing:
    if found := _HANDLING.fullmatch(item.id):
        above = [code for code in (found["implementation"], found["base"]) if code in known]
        return Standing("handling", above[0] if above else _by_name(item, named))
    if found := _BASE.fullmatch(item.id):
        if found["sub"] == "000":
            return Standing("main", None)
        main = item.id[:9] + "000"
        return Standing("sub", main if main in known else _by_name(item, named))
    if item.parent and item.parent != item.name:
        return Standing("sub", _by_name(item, named))
    return Standing("main", None)


def _by_name(item: Canonical, named: dict[str, list[str]]) -> str | None:
    """The one other item that is called as this one's parent."""
    found = [code for code in named.get(item.parent, ()) if code != item.id]
    return found[0] if len(found) == 1 else None
