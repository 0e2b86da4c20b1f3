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
    codes = [np.searchsorted(cut, facts[:, n], side="left") for n, cut in enumerate(cuts)]
    share = np.clip((weight * truth).sum() / weight.sum(), 1e-6, 1 - 1e-6)
    start = float(np.log(share / (1 - share)))
    score = np.full(len(facts), start)
    columns, thresholds, values = [], [], []
    for _ in range(how.trees):
        chance = 1 / (1 + np.exp(-score))
        rows = _Rows(codes, weight * (chance - truth), weight * chance * (1 - chance))
        column, threshold, value, leaf = _tree(rows, cuts, signs, how)
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


@dataclass(frozen=True)
class _Rows:
    """The facts in bins, column by column, with the loss's first and second derivatives."""

    codes: list[Ints]
    slope: Floats
    bend: Floats

    def sums(self, rows: Ints) -> Floats:
        """Sums of the derivatives of some rows: 2 × columns × bins."""
        slope, bend, size = self.slope[rows], self.bend[rows], BINS + 1
        found = np.empty((2, len(self.codes), size))
        for n, codes in enumerate(self.codes):
            mine = codes[rows]
            found[0, n] = np.bincount(mine, slope, size)
            found[1, n] = np.bincount(mine, bend, size)
        return found


def _tree(
    rows: _Rows, cuts: list[Floats], signs: Ints, how: Growth
) -> tuple[Ints, Floats, Floats, Ints]:
    inner = 2**how.depth - 1
    column, threshold = np.zeros(inner, np.int64), np.full(inner, np.inf)
    low, high = np.full(2 * inner + 1, -np.inf), np.full(2 * inner + 1, np.inf)
    everything = np.arange(len(rows.slope))
    members, sums = {0: everything}, {0: rows.sums(everything)}
    for here in range(inner):
        mine, found = members.pop(here), None
        if len(mine) > 1:
            found = _split(sums[here], signs, how, (low[here], high[here]))
        left, right = 2 * here + 1, 2 * here + 2
        low[left] = low[right] = low[here]
        high[left] = high[right] = high[here]
        beyond = np.zeros(len(mine), bool)
        if found is not None:
            column[here], cut, middle = found
            threshold[here] = cuts[column[here]][cut]
            beyond = rows.codes[column[here]][mine] > cut
            if signs[column[here]] > 0:
                high[left], low[right] = middle, middle
            elif signs[column[here]] < 0:
                low[left], high[right] = middle, middle
        members[left], members[right] = mine[~beyond], mine[beyond]
        if left < inner:
            _share_out(rows, sums, members, here)
    leaf, totals = np.empty(len(everything), np.int64), np.zeros((2, inner + 1))
    for number in range(inner + 1):
        mine = members[inner + number]
        leaf[mine] = number
        totals[:, number] = rows.slope[mine].sum(), rows.bend[mine].sum()
    value = np.clip(-totals[0] / (totals[1] + how.penalty), low[inner:], high[inner:]) * how.rate
    return column, threshold, value, leaf


def _share_out(rows: _Rows, sums: dict[int, Floats], members: dict[int, Ints], here: int) -> None:
    """The sums of both children: the smaller one's counted, the other's what is left."""
    left, right = 2 * here + 1, 2 * here + 2
    small, large = (left, right) if len(members[left]) <= len(members[right]) else (right, left)
    sums[small] = rows.sums(members[small])
    sums[large] = sums.pop(here) - sums[small]


def _split(
    sums: Floats, signs: Ints, how: Growth, within: tuple[float, float]
) -> tuple[int, int, float] | None:
    """(column, cut, value between) of the best split; None where none gains."""
    whole = sums[:, 0].sum(axis=1)
    base = whole[0] ** 2 / (whole[1] + how.penalty)
    gs, hs = np.cumsum(sums, axis=2)[:, :, :-1]
    gr, hr = whole[0] - gs, whole[1] - hs
    left = np.clip(-gs / (hs + how.penalty), *within)
    right = np.clip(-gr / (hr + how.penalty), *within)
    gain = gs**2 / (hs + how.penalty) + gr**2 / (hr + how.penalty) - base
    allowed = (hs > how.least) & (hr > how.least) & (signs[:, None] * (right - left) >= 0)
    gain = np.round(np.where(allowed, gain, -1.0), 9)
    column, cut = divmod(int(gain.argmax()), gain.shape[1])
    if gain[column, cut] <= 1e-6:
        return None
    return column, cut, float((left[column, cut] + right[column, cut]) / 2)
