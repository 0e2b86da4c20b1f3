"""By which words the canonical list itself tells its items apart.

门诊费用报销 stands beside 住院费用报销, 企业投资项目备案 beside one with 技术改造: the list says of
its own that these words make another item. So a name that has the one word and lacks the other is
seldom the same, whatever else they share. Nothing of a local name is known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from scipy import sparse

from catalog.items.bag import Bag
from catalog.items.sparse_rows import Floats, Matrix

MOST = 40  # words that stand in one place; more are a list of things, not a distinction


class Tells:
    """Words of the canonical list by number (`number`, as the columns of the words' matrices)."""

    def __init__(self, bags: Sequence[Bag], number: Mapping[str, int]) -> None:
        sets = {(frozenset(_words(one)), one.acts) for one in bags}
        places: dict[tuple[frozenset[str], frozenset[str]], set[str]] = defaultdict(set)
        for words, acts in sets:
            for word in words:
                places[words - {word}, acts].add(word)
        size = len(number) + 1
        alone = np.zeros(size)
        rows: list[int] = []
        columns: list[int] = []
        for (rest, acts), found in places.items():
            if not rest or len(found) > MOST:
                continue
            if (rest, acts) in sets:
                alone[[number[word] for word in found]] = 1
            for one, other in permutations(sorted(found), 2):
                rows.append(number[one])
                columns.append(number[other])
        swapped = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))
        swapped.data[:] = 1.0
        self.alone: Floats = alone
        self.swapped: Matrix = swapped


def _words(one: Bag) -> list[str]:
    return [*one.words, *one.bounds]
