"""The learned weights: from the facts of a pair to how likely "same" and "related" are.

Two sets of small trees (`trees`) over the facts of `features`, kept as data (`model.json`, made by
`python -m bench.names.train`), with the thresholds of `decide` found by cross-validation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from catalog.items.beside import BESIDE, beside_the_others
from catalog.items.features import FEATURES
from catalog.items.sparse_rows import Floats, Ints
from catalog.items.trees import Trees, from_json

FILE = Path(__file__).with_name("model.json")
COLUMNS = (*FEATURES, *BESIDE)

#: Facts of which more can only speak for "same", and only against it.
FOR_SAME = frozenset(
    {
        *("words_of_local_found", "words_of_canonical_found", "words_both", "likeness", "lead"),
        *("with_parent_local_found", "with_parent_canonical_found", "with_parent_both"),
        *("characters", "characters_cosine", "characters_all", "acts_equal", "procedure_equal"),
        *("slip", "cut_off", "ahead_of_rivals", "said_of_local", "said_of_canonical", "said_both"),
    }
)
AGAINST_SAME = frozenset(
    {
        *("telling_word_missing_in_canonical", "telling_word_missing_in_local", "apart"),
        *("swapped_in_list", "told_apart_local_only", "told_apart_canonical_only"),
        *("acts_other", "procedure_other", "bounding_local_only", "bounding_canonical_only"),
        *("aspects_other", "excluded_differ", "department_differs", "rank", "edits", "rivals"),
        *("piece_missing_in_canonical", "piece_missing_in_local"),
        *("pieces_missing_in_canonical", "pieces_missing_in_local"),
    }
)


@dataclass(frozen=True)
class Thresholds:
    """From which chance on a relation is said, and said without a person."""

    same: float
    related: float
    sure_same: float
    sure_related: float
    sure_none: float


@dataclass(frozen=True)
class Model:
    """Two sets of trees and the thresholds."""

    same: Trees
    related: Trees
    thresholds: Thresholds

    def as_json(self) -> dict[str, Any]:
        """What `load` reads."""
        return {
            "made_by": "python -m bench.names.train",
            "columns": list(COLUMNS),
            "thresholds": self.thresholds.__dict__,
            "same": self.same.as_json(),
            "related": self.related.as_json(),
        }


def all_facts(query: Ints, facts: Floats) -> Floats:
    """The columns of `COLUMNS` for pairs whose `query` is sorted."""
    table = np.column_stack([facts, beside_the_others(query, facts)])
    return np.asarray(np.round(table, 6), np.float64)


@cache
def load(file: Path = FILE) -> Model:
    """Read the model. Raises ValueError when it is of other columns than the code's."""
    data = json.loads(file.read_text("utf-8"))
    if tuple(data["columns"]) != COLUMNS:
        raise ValueError(f"{file}: of other columns than the code's: train it again")
    return Model(
        from_json(data["same"]), from_json(data["related"]), Thresholds(**data["thresholds"])
    )
