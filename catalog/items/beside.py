"""A pair beside the other pairs of the same name: how far it leads, and its rank."""

from __future__ import annotations

import numpy as np

from catalog.items.features import FEATURES
from catalog.items.sparse_rows import Floats, Ints

LOOKED_AT = 10  # candidates of a name, by plain likeness, that are weighed
#: The plain likeness: what speaks for a pair before anything is learned.
LIKENESS = {
    "said_of_local": 0.3,
    "said_of_canonical": 0.25,
    "characters_cosine": 0.25,
    "characters_all": 0.1,
    "procedure_equal": 0.1,
    "acts_other": -0.3,
    "acts_local_more": -0.15,
    "acts_local_fewer": -0.15,
    "apart": -0.2,
    "aspects_other": -0.1,
    "aspects_local_only": -0.05,
    "aspects_canonical_only": -0.05,
}


#: What `beside_the_others` tells of a pair.
BESIDE = ("lead", "rank", "likeness", "rivals", "ahead_of_rivals")
NEAR = 0.02  # so much less of the name's words is as much
MOST = 3  # rivals are counted so far
_FITS = ("acts_other", "acts_local_more", "acts_local_fewer", "apart", "filing_or_permit")
_AT = {name: n for n, name in enumerate(FEATURES)}


def beside_the_others(query: Ints, facts: Floats) -> Floats:
    """`BESIDE` of each pair. `query` is sorted: pairs of one name stand together.

    The lead is the likeness less the best other's; the rank stops at `LOOKED_AT`. A rival has the
    name's acts and as much of its words.
    """
    weights = np.array([LIKENESS.get(name, 0.0) for name in FEATURES])
    likeness = np.round(facts @ weights, 6)
    order = np.lexsort((np.arange(len(query)), -likeness, query))
    first = np.r_[True, query[order][1:] != query[order][:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    rank = np.arange(len(order)) - start
    after = np.minimum(start + 1, len(order) - 1)
    second = np.where(query[order][after] == query[order], likeness[order][after], 0.0)
    other = np.where(rank == 0, second, likeness[order][start])
    found = np.empty((len(order), len(BESIDE)))
    ranked = np.minimum(rank, LOOKED_AT)
    rivals, ahead = _rivals(np.cumsum(first) - 1, rank, facts[order])
    found[order] = np.column_stack(
        [likeness[order] - other, ranked, likeness[order], rivals, ahead]
    )
    return found


def _rivals(name: Ints, place: Ints, facts: Floats) -> tuple[Floats, Floats]:
    """How many rivals a pair has, and how much more of its item is said than of theirs."""
    if not len(name):
        return np.empty(0), np.empty(0)
    shape = int(name[-1]) + 1, int(place.max()) + 1
    fits, local, canonical = np.zeros(shape, bool), np.zeros(shape), np.zeros(shape)
    fits[name, place] = facts[:, [_AT[f] for f in _FITS]].max(axis=1) == 0
    local[name, place] = facts[:, _AT["said_of_local"]]
    canonical[name, place] = facts[:, _AT["said_of_canonical"]]
    rivals, best = np.zeros(shape), np.zeros(shape)
    for n in range(shape[1]):
        rival = fits[:, [n]] & (local[:, [n]] >= local - NEAR)
        rival[:, n] = False
        rivals += rival
        best = np.maximum(best, np.where(rival, canonical[:, [n]], 0.0))
    return np.minimum(rivals, MOST)[name, place], (canonical - best)[name, place]
