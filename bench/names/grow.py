"""Grows boosted trees (`catalog/items/trees.py`): logistic loss, histograms, monotone where said.

Deterministic: no sampling. A fact that must not count against (or for) a relation never does:
`signs` holds 1 where a larger fact may only raise the score, -1 where it may only lower it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalog.items.sparse_rows import Floats, Ints
from catalog.items.trees import Trees

BINS = 32


@dataclass(frozen=True)
class Growth:
    """How the trees grow."""

    trees: int = 140
    depth: int = 3
    rate: float = 0.1
    least: float = 2.0  # sum of second derivatives in a leaf
    penalty: float = 3.0


def grow(facts: Floats, truth: Floats, weight: Floats, signs: Ints, how: Growth) -> Trees:
    """Trees for the chance that `truth` is 1."""
    cuts = [_cuts(facts[:, column]) for column in range(facts.shape[1])]
    codes = np.column_stack(
        [np.searchsorted(cut, facts[:, n], side="left") for n, cut in enumerate(cuts)]
    )
    share = np.clip((weight * truth).sum() / weight.sum(), 1e-6, 1 - 1e-6)
    start = float(np.log(share / (1 - share)))
    score = np.full(len(facts), start)
    columns, thresholds, values = [], [], []
    for _ in range(how.trees):
        chance = 1 / (1 + np.exp(-score))
        slope, bend = weight * (chance - truth), weight * chance * (1 - chance)
        column, threshold, value, leaf = _tree(codes, cuts, slope, bend, signs, how)
        score = score + value[leaf]
        columns.append(column)
        thresholds.append(threshold)
        values.append(value)
    return Trees(np.array(columns), np.array(thresholds), np.array(values), start)


def _cuts(values: Floats) -> Floats:
    found = np.unique(np.round(values, 4))
    if len(found) > BINS:
        found = np.unique(np.quantile(found, np.linspace(0, 1, BINS)))
    return np.asarray((found[:-1] + found[1:]) / 2)


def _tree(
    codes: Ints, cuts: list[Floats], slope: Floats, bend: Floats, signs: Ints, how: Growth
) -> tuple[Ints, Floats, Floats, Ints]:
    inner = 2**how.depth - 1
    column, threshold = np.zeros(inner, np.int64), np.full(inner, np.inf)
    low, high = np.full(2 * inner + 1, -np.inf), np.full(2 * inner + 1, np.inf)
    node = np.zeros(len(codes), np.int64)
    for level in range(how.depth):
        first = 2**level - 1
        for here in range(first, 2 * first + 1):
            mine = np.flatnonzero(node == here)
            found = _split(
                codes[mine], slope[mine], bend[mine], signs, how, (low[here], high[here])
            )
            right = np.zeros(len(mine), bool)
            left_child = 2 * here + 1
            low[left_child : left_child + 2], high[left_child : left_child + 2] = (
                low[here],
                high[here],
            )
            if found is not None:
                column[here], cut, middle = found
                threshold[here] = cuts[column[here]][cut]
                right = codes[mine, column[here]] > cut
                sign = signs[column[here]]
                if sign > 0:
                    high[left_child], low[left_child + 1] = middle, middle
                elif sign < 0:
                    low[left_child], high[left_child + 1] = middle, middle
            node[mine] = left_child + right
    leaf = node - inner
    total = np.bincount(leaf, slope, inner + 1), np.bincount(leaf, bend, inner + 1)
    value = np.clip(-total[0] / (total[1] + how.penalty), low[inner:], high[inner:]) * how.rate
    return column, threshold, value, leaf


def _split(
    codes: Ints, slope: Floats, bend: Floats, signs: Ints, how: Growth, within: tuple[float, float]
) -> tuple[int, int, float] | None:
    """(column, cut, value between) of the best split; None where none gains."""
    if len(codes) < 2:
        return None
    whole = (slope.sum(), bend.sum())
    base = whole[0] ** 2 / (whole[1] + how.penalty)
    best: tuple[float, int, int, float] | None = None
    for column in range(codes.shape[1]):
        gs = np.cumsum(np.bincount(codes[:, column], slope, BINS + 1))[:-1]
        hs = np.cumsum(np.bincount(codes[:, column], bend, BINS + 1))[:-1]
        gr, hr = whole[0] - gs, whole[1] - hs
        left = np.clip(-gs / (hs + how.penalty), *within)
        right = np.clip(-gr / (hr + how.penalty), *within)
        gain = gs**2 / (hs + how.penalty) + gr**2 / (hr + how.penalty) - base
        allowed = (hs > how.least) & (hr > how.least) & (signs[column] * (right - left) >= 0)
        gain = np.where(allowed, gain, -1.0)
        cut = int(gain.argmax())
        if gain[cut] > 1e-6 and (best is None or gain[cut] > best[0] + 1e-9):
            best = (float(gain[cut]), column, cut, float((left[cut] + right[cut]) / 2))
    return best[1:] if best else None
