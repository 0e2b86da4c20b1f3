"""Small boosted trees in numpy: how they are kept, and how they answer.

A tree is full and of one depth; an inner node asks whether a fact is at most a threshold. Kept as
arrays, all trees of a model together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from catalog.items.sparse_rows import Floats, Ints


@dataclass(frozen=True)
class Trees:
    """`column`, `threshold`: trees × inner nodes; `value`: trees × leaves; `start`: first score."""

    column: Ints
    threshold: Floats
    value: Floats
    start: float

    def scores(self, facts: Floats) -> Floats:
        """The score (log odds) of each row."""
        total = np.full(len(facts), self.start)
        depth = int(np.log2(self.value.shape[1]))
        by_column = np.ascontiguousarray(facts.T)
        rows = np.arange(len(facts))
        for column, threshold, value in zip(self.column, self.threshold, self.value, strict=True):
            node = (by_column[column[0]] > threshold[0]).astype(np.int64) + 1
            for _ in range(depth - 1):
                node = 2 * node + 1 + (by_column[column[node], rows] > threshold[node])
            total += value[node - (len(value) - 1)]
        return total

    def chances(self, facts: Floats) -> Floats:
        """Between 0 and 1."""
        return np.asarray(1 / (1 + np.exp(-self.scores(facts))))

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "start": round(self.start, 5),
            "column": self.column.tolist(),
            "threshold": [[round(v, 5) for v in row] for row in self.threshold.tolist()],
            "value": [[round(v, 5) for v in row] for row in self.value.tolist()],
        }


def from_json(data: dict[str, Any]) -> Trees:
    """The trees of `as_json`."""
    return Trees(
        np.array(data["column"], np.int64),
        np.array(data["threshold"], np.float64),
        np.array(data["value"], np.float64),
        float(data["start"]),
    )
