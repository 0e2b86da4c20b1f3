"""Slips of the pen and names cut off, from the words as they are written."""

from __future__ import annotations

import re

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from catalog.items.bag import Bag
from catalog.items.sides import Side
from catalog.items.sparse_rows import Floats, Ints

ONE, TWO = 4, 12  # characters of a name from which on one (two) may be mistyped
CUT = 9  # characters that a name cut off must still have
MOST = 6
_NUMBERS = re.compile(r"[0-9一二三四五六七八九十甲乙丙丁]")


def slip_facts(left: Side, right: Side, a: Ints, b: Ints) -> dict[str, Floats]:
    """`edits` between the two (at most six), whether it is a `slip`, whether it is `cut_off`."""
    mine, theirs = [left.written[n] for n in a], [right.written[n] for n in b]
    lengths = np.array([len(text) for text in mine])
    edits = process.cpdist(mine, theirs, scorer=Levenshtein.distance, dtype=np.int32)
    few = ((edits == 1) & (lengths >= ONE)) | ((edits == 2) & (lengths >= TWO))
    slip = np.zeros(len(a), np.float64)
    for n in np.flatnonzero(few):
        slip[n] = _slipped(left.bags[a[n]], mine[n], theirs[n])
    starts = [y[: len(x)] for x, y in zip(mine, theirs, strict=True)]
    begins = process.cpdist(mine, starts, scorer=Levenshtein.distance, dtype=np.int32)
    longer = np.array([len(y) > len(x) for x, y in zip(mine, theirs, strict=True)])
    cut_off = (begins <= 1) & longer & (lengths >= CUT) & ~left.ended[a]
    return {
        "edits": np.minimum(edits, MOST).astype(np.float64),
        "slip": slip,
        "cut_off": cut_off.astype(np.float64),
    }


def _slipped(one: Bag, mine: str, theirs: str) -> bool:
    """Whether what differs is no word of its own, and no number."""
    if abs(len(mine) - len(theirs)) > 1 or _NUMBERS.findall(mine) != _NUMBERS.findall(theirs):
        return False
    return all(len(word) == 1 for word in one.written if word not in theirs)
