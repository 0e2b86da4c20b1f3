"""From the chances of a name's pairs to one answer: same, narrower, broader or none.

Guards stand over the learned chances: what must be equal for "same" (acts, words that differ in
law, permit or filing, what a change changes) is checked here, whatever the chance. An answer is
only as sure as its weakest part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from catalog.items.beside import LOOKED_AT
from catalog.items.features import FEATURES
from catalog.items.model import COLUMNS, Model, Thresholds, all_facts
from catalog.items.sparse_rows import Floats, Ints

_AT = {name: n for n, name in enumerate(FEATURES)}
MOST = 8  # ids of a broader name
SLIPPED = 0.93  # chance of "same" where a slip of the pen is all that differs
CUT_OFF = 0.7  # where the one is the beginning of the other
RIVAL = 0.6  # of the best chance: two candidates so near are not told apart
LISTED = 0.35  # of the best chance: also listed under a broader name


@dataclass(frozen=True)
class Answer:
    """What a name is. `rows` are the canonical rows meant, `ranked` all, best first."""

    relation: str
    rows: tuple[int, ...]
    confidence: float
    auto: bool
    ranked: tuple[int, ...]
    chances: tuple[float, ...]  # of `ranked`: the same or related
    guard: tuple[str, ...]  # which guard held "same" back for each of `ranked`; '' for none


GUARDS = (
    ("acts", lambda f: f("acts_equal") == 0),
    ("apart", lambda f: f("apart") > 0),
    ("filing", lambda f: f("filing_or_permit") > 0),
    ("aspects", lambda f: (f("aspects_other") > 0) | (f("aspects_local_only") > 0)),
    ("grade", lambda f: (f("grade_canonical_only") > 0) | (f("grade_local_only") > 0)),
    ("excluded", lambda f: f("excluded_differ") > 0),
)

FILING = 1 + [name for name, _ in GUARDS].index("filing")


def guards(facts: Floats) -> Ints:
    """For each pair the number of the first guard that forbids "same", counted from 1; 0: none."""

    def column(name: str) -> Floats:
        return np.asarray(facts[:, _AT[name]])

    found = np.zeros(len(facts), np.int64)
    for number, (_, forbids) in reversed(list(enumerate(GUARDS, 1))):
        found[forbids(column)] = number
    return found


def answers(model: Model, query: Ints, row: Ints, facts: Floats) -> Iterator[tuple[int, Answer]]:
    """One answer for each name of `query` (sorted), from its pairs."""
    columns = all_facts(query, facts)
    near = columns[:, COLUMNS.index("rank")] < LOOKED_AT
    query, row, facts, columns = query[near], row[near], facts[near], columns[near]
    yield from decide(
        model.thresholds,
        query,
        row,
        facts,
        np.round(model.same.chances(columns), 4),
        np.round(model.related.chances(columns), 4),
        columns[:, -1],
    )


def decide(
    limits: Thresholds,
    query: Ints,
    row: Ints,
    facts: Floats,
    same: Floats,
    related: Floats,
    likeness: Floats,
) -> Iterator[tuple[int, Answer]]:
    """The same from chances that are already there."""
    held = guards(facts)
    same = np.maximum(
        same, SLIPPED * facts[:, _AT["slip"]] * (facts[:, _AT["department_differs"]] == 0)
    )
    same = np.maximum(same, CUT_OFF * facts[:, _AT["cut_off"]])
    ends = np.flatnonzero(np.r_[query[1:] != query[:-1], True]) + 1
    start = 0
    for end in ends:
        part = slice(start, end)
        yield (
            int(query[start]),
            _one(
                limits,
                row[part],
                facts[part],
                same[part],
                related[part],
                likeness[part],
                held[part],
            ),
        )
        start = end


def _one(
    limits: Thresholds,
    row: Ints,
    facts: Floats,
    same: Floats,
    related: Floats,
    likeness: Floats,
    held: Ints,
) -> Answer:
    free = np.where(held == 0, same, 0.0)
    # What a guard holds back from "same" may still be a case of it, or cover it.
    near = np.where(held == FILING, 0.0, np.maximum(related, _case(facts, same, held)))
    worth = np.maximum(np.maximum(free, near), 0.3 * same) + 0.01 * likeness
    order = np.lexsort((row, -worth))
    best = order[0]
    rank = {
        "ranked": tuple(row[order].tolist()),
        "chances": tuple(np.maximum(free, near)[order].round(4).tolist()),
        "guard": tuple(GUARDS[g - 1][0] if g else "" for g in held[order]),
    }
    top = int(np.lexsort((row, -(free + 0.001 * likeness)))[0])
    if free[top] >= limits.same and free[top] >= near.max() * 0.9:
        rivals = [n for n in order if n != top and free[n] >= RIVAL * free[top]]
        if not rivals:
            sure = bool(free[top] >= limits.sure_same)
            return Answer(
                "same", (int(row[top]),), float(free[top]), sure, **_first(rank, top, order, row)
            )
        rows = [top, *rivals]
        if _told_apart(facts, rows):
            margin = float(free[top] - free[rivals[0]])
            return Answer(
                "same",
                (int(row[top]),),
                min(float(free[top]), 0.5 + margin / 2),
                False,
                **_first(rank, top, order, row),
            )
        return Answer(
            "broader",
            tuple(int(row[n]) for n in rows[:MOST]),
            float(free[top]) * 0.8,
            False,
            **_first(rank, top, order, row),
        )
    chance = float(near[best])
    if chance >= limits.related:
        relation = _direction(facts[best])
        rows = (
            [best]
            if relation == "narrower"
            else [n for n in order if near[n] >= LISTED * chance or free[n] >= LISTED * chance]
        )
        return Answer(
            relation,
            tuple(int(row[n]) for n in rows[:MOST]),
            chance,
            chance >= limits.sure_related,
            **rank,
        )
    doubt = float(max(free.max(), near.max()))
    return Answer("none", (), 1 - doubt, 1 - doubt >= limits.sure_none, **rank)


def _case(facts: Floats, same: Floats, held: Ints) -> Floats:
    """How likely a guarded pair is a case of the other: the same words but fewer or more acts."""

    def column(name: str) -> Floats:
        return np.asarray(facts[:, _AT[name]])

    acts = (column("acts_local_more") + column("acts_local_fewer")) > 0
    said = np.minimum(column("with_parent_local_found"), column("with_parent_canonical_found"))
    clear = (
        (column("apart") == 0)
        & (column("filing_or_permit") == 0)
        & (column("department_differs") == 0)
    )
    by_acts = np.where(acts & clear & (said > 0.85), 0.7 * said, 0.0)
    by_guard = np.where(((held == 4) | (held == 5)) & (column("acts_other") == 0), same * 0.85, 0.0)
    return np.maximum(by_acts, by_guard)


def _first(rank: dict[str, tuple], top: int, order: Ints, row: Ints) -> dict[str, tuple]:  # type: ignore[type-arg]
    """The ranking with `top` in front."""
    at = [n for n, o in enumerate(order) if o == top][0]
    return {key: (values[at], *values[:at], *values[at + 1 :]) for key, values in rank.items()}


def _told_apart(facts: Floats, rows: list[int]) -> bool:
    """Whether the first is nearer in its words than the others, so that they are not its cases."""
    found = facts[rows][:, [_AT["words_of_local_found"], _AT["with_parent_local_found"]]].max(
        axis=1
    )
    return bool((found[1:] < found[0] - 0.08).any())


def _direction(facts: Floats) -> str:
    """Narrower when the name says more than the canonical item, else broader."""
    if facts[_AT["acts_local_more"]]:
        return "broader"
    if facts[_AT["grade_canonical_only"]]:
        return "broader"
    if facts[_AT["acts_local_fewer"]] or facts[_AT["aspects_local_only"]]:
        return "narrower"
    more_said = facts[_AT["telling_word_missing_in_canonical"]] + facts[_AT["bounds_local_only"]]
    less_said = facts[_AT["telling_word_missing_in_local"]] + facts[_AT["bounds_canonical_only"]]
    return "narrower" if more_said > less_said else "broader"
