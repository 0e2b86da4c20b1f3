"""The canonical items that a name is compared with: those that share most words and characters."""

from __future__ import annotations

import numpy as np

from catalog.items.sides import Side
from catalog.items.sparse_rows import Ints, unit, widened

#: Weight of pairs of characters, of words, of words with the parent's and those that cover them.
SHARES = (0.55, 0.3, 0.15)


def nearest(left: Side, right: Side, count: int) -> tuple[Ints, Ints]:
    """(left row, right row) of each left row's `count` nearest, best first; left rows in order."""
    width = max(left.width, right.width)
    score = SHARES[0] * (unit(left.grams) @ unit(right.grams).T)
    score = score + SHARES[1] * (
        unit(widened(left.words, width)) @ unit(widened(right.words, width)).T
    )
    score = score + SHARES[2] * (
        unit(widened(left.wide, width)) @ unit(widened(right.wide, width)).T
    )
    table = score.tocsr()
    found_left: list[int] = []
    found_right: list[int] = []
    for row in range(table.shape[0]):
        part = slice(table.indptr[row], table.indptr[row + 1])
        values, columns = table.data[part], table.indices[part]
        order = np.lexsort((columns, -np.round(values, 9)))[:count]
        found_left.extend([row] * len(order))
        found_right.extend(columns[order].tolist())
    return np.array(found_left, np.int64), np.array(found_right, np.int64)
