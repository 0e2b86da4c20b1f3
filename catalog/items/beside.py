"""A pair beside the other pairs of the same name: how far it leads, and its rank."""

from __future__ import annotations

import numpy as np

from catalog.items.features import FEATURES
from catalog.items.sparse_rows import Floats, Ints

LOOKED_AT = 10  # candidates of a name, by plain likeness, that are weighed
#: The plain likeness: what speaks for a pair before anything is learned.
LIKENESS = {
    "with_parent_local_found": 0.3,
    "with_parent_canonical_found": 0.25,
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


def beside_the_others(query: Ints, facts: Floats) -> Floats:
    """lead, rank, likeness of each pair. `query` is sorted: pairs of one name stand together.

    The lead is the likeness less the best other's; the rank stops at `LOOKED_AT`.
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
    found = np.empty((len(order), 3))
    ranked = np.minimum(rank, LOOKED_AT)
    found[order] = np.column_stack([likeness[order] - other, ranked, likeness[order]])
    return found
