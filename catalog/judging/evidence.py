"""What speaks for a candidate beside its name: whose it is, what both sides ask for and give.

A person reads it; a rule reads only the own lists (`lists`). What the question's rows ask for is
taken together, as is what they give. A candidate asks for what a version would publish of it now:
its own list, and where it has none, what the counties' rows that are the same ask for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from catalog.judging import asks, results

_ITEMS = text(
    "SELECT id, coalesce(department, '') AS department, coalesce(parent, '') AS parent"
    " FROM catalog.canonical_item WHERE id = ANY(:ids)"
)
#: The counties' rows that are the same as a candidate. None of the question's own.
_COUNTIES = text(
    'SELECT "right", "left" FROM catalog.judgement WHERE subject = \'item\''
    " AND undone_at IS NULL AND relation = 'same' AND \"right\" = ANY(:ids)"
    ' AND "left" <> ALL(:lefts)'
)
#: 审批结果 that the bureau accepted: of a county's row by its own code, of an item for any place.
_RESULTS = text(
    'SELECT d.local_code, coalesce(j."right", d.item_id), d.value FROM catalog.flow_delta d'
    " LEFT JOIN catalog.judgement j ON d.local_code <> '' AND j.subject = 'item'"
    ' AND j."left" = d.local_code AND j.undone_at IS NULL'
    " AND j.relation IN ('same', 'narrower')"
    " WHERE d.field = 'results' AND d.state = 'accepted'"
    " AND d.begins <= :day AND (d.ends IS NULL OR :day < d.ends) ORDER BY d.division, d.id"
)


@dataclass(frozen=True)
class Evidence:
    """Of one candidate. Names of materials, those first that most rows ask for.

    `department`, `parent`: whose it is and its main item, '' where the base catalogue says none.
    `both`, `only_here`, `only_there`: asked for by the question's rows and the candidate, by the
    rows alone, by the candidate alone. `results_here`, `results_there`: what they give, by the
    name of the licence type where it is one; empty where nobody said.
    """

    id: str
    department: str
    parent: str
    both: tuple[str, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    results_here: tuple[str, ...]
    results_there: tuple[str, ...]


def evidence(
    conn: Connection, lefts: Collection[str], ids: Collection[str], day: date
) -> list[Evidence]:
    """Of each candidate, in their order. `lefts`: the codes of the question's rows."""
    if not ids:
        return []
    here, there = _lists(conn, list(lefts), list(ids))
    whose = {row.id: (row.department, row.parent) for row in conn.execute(_ITEMS, {"ids": [*ids]})}
    results_here, results_there = _results(conn, set(lefts), ids, day)
    made = []
    for one in ids:
        gives = (results_here, tuple(dict.fromkeys(results_there[one])))
        asks = _compared(here, there[one])
        made.append(Evidence(one, *whose.get(one, ("", "")), *asks, *gives))
    return made


Names = tuple[str, ...]


def _compared(here: list[str], there: list[str]) -> tuple[Names, Names, Names]:
    """What both ask for, the rows alone, the candidate alone."""
    both = tuple(name for name in here if name in there)
    alone = tuple(name for name in here if name not in there)
    return both, alone, tuple(name for name in there if name not in here)


def _lists(
    conn: Connection, lefts: list[str], ids: list[str]
) -> tuple[list[str], dict[str, list[str]]]:
    """What the question's rows ask for, and what each candidate does."""
    codes = asks.own_codes(conn, ids)
    asked = asks.asked_for(conn, {*lefts, *asks.all_codes(codes)})
    bare = [one for one in ids if not asks.together(asked, codes[one])]
    if bare:
        codes |= asks.codes(conn, _COUNTIES, {"ids": bare, "lefts": lefts})
        asked |= asks.asked_for(conn, set(asks.all_codes({one: codes[one] for one in bare})))
    return asks.together(asked, lefts), {one: asks.together(asked, codes[one]) for one in ids}


def _results(
    conn: Connection, lefts: Collection[str], ids: Collection[str], day: date
) -> tuple[tuple[str, ...], defaultdict[str, list[str]]]:
    """What the question's rows give, and what each item does: deviations first, then their rows."""
    here: list[str] = []
    there: defaultdict[str, list[str]] = defaultdict(list)
    for code, item, said in conn.execute(_RESULTS, {"day": day}):
        (here if code in lefts else there[item]).extend(results.named(name) for name in said)
    codes = asks.own_codes(conn, ids)
    rows = results.given(conn, {*lefts, *asks.all_codes(codes)})
    for left in sorted(lefts):
        here += rows.get(left, ())
    for item, own in codes.items():
        there[item] += [name for code in own for name in rows.get(code, ())]
    return tuple(dict.fromkeys(here)), there
