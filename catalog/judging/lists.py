"""What materials and results say of a county's row where the name alone does not settle it.

Two rules, and only where both sides ask for a few materials: of several canonical items whose names
are all the row's name, the one whose list is the row's; and an item that was found by weighing
words is doubted when the two lists have nothing in common. Where lists are silent, the licences
that both sides give are asked the same (`results`). Only what an item's own rows say counts, not
what counties say of it: so no answer rests on another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, text

from catalog.items.weigh import SHOWN
from catalog.judging import asks, results
from catalog.judging.tables import by_list
from kernel.db import copy_rows

#: A shorter list tells nothing: nearly every item asks for a form and an identity card.
LEAST: Final = 3
#: Materials that both ask for, of all that either does: alike from, and another's up to.
ALIKE: Final = 0.8
OTHER: Final = 0.5
#: Candidates of the rule `several` that bear the row's name; the others only look like it.
NAMED: Final = 0.9
SURE: Final = 0.9
_ROWS = text(
    'SELECT l."left", v.rule, v.ids, v.candidates, c.name FROM catalog.local l'
    " JOIN catalog.verdict v ON v.subject = l.subject AND v.digest = l.digest"
    " LEFT JOIN catalog.canonical_item c ON c.id = v.ids[1]"
    " WHERE l.subject = 'item' AND (v.rule = 'several' AND NOT v.auto"
    " OR v.rule = 'weighed' AND v.auto AND cardinality(v.ids) = 1)"
)
Asked = Mapping[str, set[str]]


class Said(NamedTuple):
    """Of a row: whether it is the item (or is doubted to be), and why."""

    left: str
    item: str
    name: str
    holds: bool
    why: str


def refresh(conn: Connection) -> set[str]:
    """Look at the lists anew; the rows of which something else is said now."""
    found = set(_said(conn))
    columns = (by_list.c[name] for name in Said._fields)
    known = {Said(*row) for row in conn.execute(select(*columns))}
    changed = {one.left for one in found ^ known}
    if changed:
        gone = text('DELETE FROM catalog.by_list WHERE "left" = ANY(:lefts)')
        conn.execute(gone, {"lefts": sorted(changed)})
        new = sorted(one for one in found if one.left in changed)
        copy_rows(conn, "catalog.by_list", Said._fields, new)
    return changed


def _said(conn: Connection) -> Iterable[Said]:
    rows = conn.execute(_ROWS).all()
    named = {row.left: _named(row) for row in rows}
    ids = {id_ for names in named.values() for id_ in names}
    codes = asks.own_codes(conn, ids)
    lists = asks.asked_for(conn, {*named, *asks.all_codes(codes)})
    own = {id_: set(asks.together(lists, codes[id_])) for id_ in ids}
    gives = results.given(conn, {*named, *asks.all_codes(codes)})
    given = {id_: _licences(gives, codes[id_]) for id_ in ids}
    for row in rows:
        left, here = row.left, lists.get(row.left, set())
        listed = _by_list(row, here, named[left], own)
        found = listed or _by_results(row, _licences(gives, [left]), named[left], given)
        if found is not None:
            yield found


def _licences(gives: Mapping[str, list[str]], codes: Iterable[str]) -> set[str]:
    return results.licences({name for code in codes for name in gives.get(code, ())})


def _by_list(row: Any, here: set[str], named: Mapping[str, str], own: Asked) -> Said | None:
    if len(here) < LEAST or any(len(own[id_]) < LEAST for id_ in named):
        return None
    said = _one_of if row.rule == "several" else _doubt
    return said(row.left, here, named, own)


def _by_results(row: Any, here: set[str], named: Mapping[str, str], own: Asked) -> Said | None:
    if row.rule != "several":
        ((item, name),) = named.items()
        why = results.doubt(here, own[item], name)
        return None if why is None else Said(row.left, item, name, False, why)
    found = None if len(named) >= SHOWN else results.one_of(here, own, named)
    return None if found is None else Said(row.left, found[0], named[found[0]], True, found[1])


def _named(row: Any) -> dict[str, str]:
    """The canonical items that the name may mean, by id."""
    if row.rule != "several":
        return {row.ids[0]: row.name or ""}
    return {one["id"]: one["name"] for one in row.candidates if one["score"] >= NAMED}


def _one_of(left: str, here: set[str], named: Mapping[str, str], own: Asked) -> Said | None:
    shares = sorted(((_share(here, own[id_]), id_) for id_ in named), reverse=True)
    (most, item), others = shares[0], shares[1:]
    if len(named) >= SHOWN:  # a verdict keeps no more candidates: another one may be the row's
        return None
    if most < ALIKE or any(share > OTHER for share, _ in others):
        return None
    both = len(here & own[item])
    beside = max((len(here & own[id_]) for _, id_ in others), default=0)
    why = (
        f"基本目录中有{len(named)}个事项与此名称相同；本事项要{len(here)}种材料，"
        f"“{named[item]}”要{len(own[item])}种，{both}种相同；与其他同名事项至多{beside}种相同"
    )
    return Said(left, item, named[item], True, why)


def _doubt(left: str, here: set[str], named: Mapping[str, str], own: Asked) -> Said | None:
    ((item, name),) = named.items()
    if here & own[item]:
        return None
    why = (
        f"名称相近，要的材料却没有一种相同：本事项{len(here)}种，“{name}”{len(own[item])}种；请核对"
    )
    return Said(left, item, name, False, why)


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)
