"""Plain similarities to compare with: RapidFuzz's ratio, token_set, WRatio; character TF-IDF.

Each says "same" for the nearest canonical item from a similarity on; that threshold is found on
the other folds, for the best F1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from scipy import sparse

Scores = npt.NDArray[np.float64]


def _fuzz(scorer: Callable[..., float]) -> Callable[[Sequence[str], Sequence[str]], Scores]:
    return lambda names, canonical: np.asarray(
        process.cdist(names, canonical, scorer=scorer, workers=2), np.float64
    )


def _tfidf(names: Sequence[str], canonical: Sequence[str]) -> Scores:
    """Cosine of TF-IDF over characters and pairs of them."""
    number: dict[str, int] = {}
    rows = [[*n, *(n[i : i + 2] for i in range(len(n) - 1))] for n in (*canonical, *names)]
    at, columns = [], []
    for row, grams in enumerate(rows):
        for gram in grams:
            at.append(row)
            columns.append(number.setdefault(gram, len(number)))
    counts = sparse.csr_matrix((np.ones(len(at)), (at, columns)), shape=(len(rows), len(number)))
    seen = np.asarray((counts[: len(canonical)] > 0).sum(axis=0)).ravel()
    weighed = counts @ sparse.diags(np.log((1 + len(canonical)) / (1 + seen)) + 1)
    norm = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.maximum(norm, 1e-9)) @ weighed
    return np.asarray((unit[len(canonical) :] @ unit[: len(canonical)].T).todense()) * 100


BASELINES: dict[str, Callable[[Sequence[str], Sequence[str]], Scores]] = {
    "ratio": _fuzz(fuzz.ratio),
    "token_set": _fuzz(fuzz.token_set_ratio),
    "wratio": _fuzz(fuzz.WRatio),
    "tfidf": _tfidf,
}


def best_f1(scores: Scores, right: npt.NDArray[np.bool_], true_same: int) -> tuple[float, float]:
    """(threshold, F1) of the threshold with the best F1."""
    best = (101.0, 0.0)
    for limit in np.unique(scores):
        said = scores >= limit
        value = 2 * int((said & right).sum()) / max(int(said.sum()) + true_same, 1)
        if value > best[1]:
            best = (float(limit), value)
    return best
