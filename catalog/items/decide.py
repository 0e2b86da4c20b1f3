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
UNDOUBTED = 0.85
APART = 0.08  # so much fewer of the name's words tell two candidates apart
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
    ("part", lambda f: (f("law_wider") > 0) | (f("law_narrower") > 0)),
)

#: Facts with which "same" is said to a person only, unless the chance is `UNDOUBTED`.
DOUBTS = (
    *("bounding_local_only", "bounding_canonical_only", "says_a_wider_word"),
    *("procedure_other", "department_differs", "listed_missing_in_canonical"),
    "listed_missing_in_local",
)
#: Facts with which "same" is said to a person only, whatever the chance: of the labelled names that
#: have one of them, a third or more are a case, or several, or another.
NEVER_SURE = ("says_a_narrower_word", "apart_in_part")
#: Facts that say which covers the other.
DIRECTIONS = (
    ("broader", ("acts_local_more", "grade_canonical_only", "law_wider")),
    ("narrower", ("acts_local_fewer", "aspects_local_only", "law_narrower")),
    ("broader", ("says_a_wider_word",)),
    ("narrower", ("says_a_narrower_word",)),
)
#: Guards that make it another item altogether, no case of it either.
OTHERS = [1 + [name for name, _ in GUARDS].index(name) for name in ("apart", "filing")]
#: Guards that hold "same" back from what may be a case of it.
CASES = [1 + [name for name, _ in GUARDS].index(name) for name in ("aspects", "grade", "part")]


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
    looked_at = columns[:, COLUMNS.index("rank")] < LOOKED_AT
    query, row, columns = query[looked_at], row[looked_at], columns[looked_at]
    same, related = (np.round(t.chances(columns), 4) for t in (model.same, model.related))
    yield from decide(model.thresholds, query, row, columns, same, related)


@dataclass(frozen=True)
class _Pairs:
    """One name's pairs. `free`: the chance of "same" where no guard forbids; `near`: of a case."""

    row: Ints
    facts: Floats
    free: Floats
    near: Floats
    likeness: Floats
    held: Ints
    order: Ints  # best first

    def rows(self, places: list[int]) -> tuple[int, ...]:
        return tuple(int(self.row[n]) for n in places[:MOST])

    def answer(self, relation: str, places: list[int], chance: float, auto: bool) -> Answer:
        """An answer; the candidates meant stand first in its ranking."""
        order = [*places, *(int(n) for n in self.order if n not in places)]
        best = np.maximum(self.free, self.near)[order].round(4)
        return Answer(
            relation,
            self.rows(places),
            chance,
            auto,
            tuple(self.row[order].tolist()),
            tuple(best.tolist()),
            tuple(GUARDS[g - 1][0] if g else "" for g in self.held[order]),
        )


def decide(
    limits: Thresholds, query: Ints, row: Ints, columns: Floats, same: Floats, related: Floats
) -> Iterator[tuple[int, Answer]]:
    """The same from chances that are already there; `columns` as `model.COLUMNS`."""
    facts, likeness = columns[:, : len(FEATURES)], columns[:, COLUMNS.index("likeness")]
    held = guards(facts)
    slipped = facts[:, _AT["slip"]] * (facts[:, _AT["department_differs"]] == 0)
    same = np.maximum.reduce([same, SLIPPED * slipped, CUT_OFF * facts[:, _AT["cut_off"]]])
    free = np.where(held == 0, same, 0.0)
    near = np.where(np.isin(held, OTHERS), 0.0, np.maximum(related, _case(facts, same, held)))
    worth = np.maximum.reduce([free, near, 0.3 * same]) + 0.01 * likeness
    ends = np.flatnonzero(np.r_[query[1:] != query[:-1], True]) + 1
    start = 0
    for end in ends.tolist():
        at = slice(start, end)
        order = np.lexsort((row[at], -worth[at]))
        pairs = _Pairs(row[at], facts[at], free[at], near[at], likeness[at], held[at], order)
        yield int(query[start]), _one(limits, pairs)
        start = end


def _one(limits: Thresholds, pairs: _Pairs) -> Answer:
    free, near = pairs.free, pairs.near
    top = int(np.lexsort((pairs.row, -(free + 0.001 * pairs.likeness)))[0])
    if free[top] >= limits.same and free[top] >= 0.9 * near.max():
        return _same(limits, pairs, top)
    best = int(pairs.order[0])
    chance = float(near[best])
    if chance < limits.related:
        doubt = float(max(free.max(), near.max()))
        return pairs.answer("none", [], 1 - doubt, 1 - doubt >= limits.sure_none)
    relation = _direction(pairs.facts[best])
    also = np.maximum(near, free) >= LISTED * chance
    meant = [best] if relation == "narrower" else [int(n) for n in pairs.order if also[n]]
    return pairs.answer(relation, meant, chance, chance >= limits.sure_related)


def _same(limits: Thresholds, pairs: _Pairs, top: int) -> Answer:
    """The best is the same, unless others are as good: then it is for a person, or covers them."""
    chance = float(pairs.free[top])
    rivals = [int(n) for n in pairs.order if n != top and pairs.free[n] >= RIVAL * chance]
    if not rivals:
        sure = chance >= _least(limits, pairs.facts[top])
        return pairs.answer("same", [top], chance, sure)
    if _told_apart(pairs.facts[[top, *rivals]]):
        margin = chance - float(pairs.free[rivals[0]])
        return pairs.answer("same", [top], min(chance, 0.5 + margin / 2), False)
    return pairs.answer("broader", [top, *rivals], 0.8 * chance, False)


def _case(facts: Floats, same: Floats, held: Ints) -> Floats:
    """How likely a guarded pair is a case of the other: the same words but fewer or more acts."""

    def column(name: str) -> Floats:
        return np.asarray(facts[:, _AT[name]])

    acts = (column("acts_local_more") + column("acts_local_fewer")) > 0
    said = np.minimum(column("with_parent_local_found"), column("with_parent_canonical_found"))
    against = column("apart") + column("filing_or_permit") + column("department_differs")
    by_acts = np.where(acts & (against == 0) & (said > 0.85), 0.7 * said, 0.0)
    of_case = np.isin(held, CASES) & (column("acts_other") == 0)
    return np.maximum(by_acts, np.where(of_case, 0.85 * same, 0.0))


def _least(limits: Thresholds, facts: Floats) -> float:
    """The chance from which on "same" needs no person; above 1 where it always does."""
    if facts[[_AT[name] for name in NEVER_SURE]].max() > 0:
        return 2.0
    doubtful = facts[[_AT[name] for name in DOUBTS]].max() > 0
    return UNDOUBTED if doubtful else limits.sure_same


def _told_apart(facts: Floats) -> bool:
    """Whether the first is nearer in its words than the others: they are not its cases."""
    columns = [_AT["words_of_local_found"], _AT["with_parent_local_found"]]
    found = facts[:, columns].mean(axis=1)
    return bool((found[1:] < found[0] - APART).any())


def _direction(facts: Floats) -> str:
    """Narrower when the name says more than the canonical item, else broader."""
    for relation, names in DIRECTIONS:
        if facts[[_AT[name] for name in names]].max() > 0:
            return relation
    more_said = facts[_AT["telling_word_missing_in_canonical"]] + facts[_AT["bounds_local_only"]]
    less_said = facts[_AT["telling_word_missing_in_local"]] + facts[_AT["bounds_canonical_only"]]
    return "narrower" if more_said > less_said else "broader"
