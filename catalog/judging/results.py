"""What items give (审批结果), as the item system says: licences tell apart what names do not.

Papers that any item may end with (批复, 决定书, 办理结果) tell nothing and count for no rule.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from sqlalchemy import Connection, text

from catalog.written import results_of
from registry import licence_types

_LICENCE: Final = re.compile(r"(证|证书|执照)$")
_GIVEN = text(
    "SELECT DISTINCT code, results FROM landing.item WHERE deleted_at IS NULL AND NOT withheld"
    " AND results IS NOT NULL AND code = ANY(:codes)"
)
Given = Mapping[str, set[str]]


def given(conn: Connection, codes: Collection[str]) -> dict[str, list[str]]:
    """By code: what the item's own row gives, by the name of the licence type where it is one."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, said in sorted(conn.execute(_GIVEN, {"codes": sorted(codes)})):
        found[code] += [name for name in map(named, results_of(said) or ()) if name]
    return found


def licences(names: Collection[str]) -> set[str]:
    """Those that are licences by their name."""
    return {name for name in names if _LICENCE.search(name)}


def named(name: str) -> str:
    """A result by the name of its licence type, where it is one."""
    return _types().get(name, name)


def one_of(here: set[str], own: Given, names: Mapping[str, str]) -> tuple[str, str] | None:
    """Of several items of the row's name, the one that gives the row's licence; and why."""
    alike = [id_ for id_ in names if own[id_] & here]
    if len(alike) != 1 or not all(own[id_] for id_ in names):
        return None
    (item,) = alike
    why = (
        f"基本目录中有{len(names)}个事项与此名称相同；本事项办成后发“{_said(here & own[item])}”，"
        f"只有“{names[item]}”也发"
    )
    return item, why


def doubt(here: set[str], own: set[str], name: str) -> str | None:
    """Why an item that was found by weighing words is doubted; None where it is not."""
    if not here or not own or here & own:
        return None
    return (
        f"名称相近，办成后发的证照却不同：本事项发“{_said(here)}”，“{name}”发“{_said(own)}”；请核对"
    )


def _said(names: Collection[str]) -> str:
    return "”“".join(sorted(names))


@cache
def _types() -> dict[str, str]:
    """Every name that a licence type has, and the type's own. What it proves is not its name."""
    types = licence_types.load().values()
    return {name: one.name for one in types for name in (*one.also_called, one.name)}
