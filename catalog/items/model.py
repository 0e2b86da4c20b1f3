"""The learned weights: from the facts of a pair to how likely each relation is.

A softmax over four relations, linear in the facts of `features` and a few products of them. The
weights are data (`model.json`, made by `python -m bench.names.train`), small enough to be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from catalog.items.features import FEATURES, Floats

FILE = Path(__file__).with_name("model.json")
RELATIONS = ("none", "same", "narrower", "broader")
_AT = {name: n for n, name in enumerate(FEATURES)}


def _both(left: str, right: str) -> Callable[[Floats], Floats]:
    return lambda facts: np.asarray(facts[:, _AT[left]] * facts[:, _AT[right]])


def _power(name: str, power: int) -> Callable[[Floats], Floats]:
    return lambda facts: np.asarray(facts[:, _AT[name]] ** power)


def _all_of(left: str, right: str) -> Callable[[Floats], Floats]:
    return lambda facts: np.asarray(
        (facts[:, _AT[left]] > 0.99) & (facts[:, _AT[right]] > 0.99), np.float64
    )


MORE: dict[str, Callable[[Floats], Floats]] = {
    "words_both^3": _power("words_both", 3),
    "with_parent_both^3": _power("with_parent_both", 3),
    "characters^3": _power("characters", 3),
    "characters_all^4": _power("characters_all", 4),
    "words_both*acts_equal": _both("words_both", "acts_equal"),
    "with_parent_both*acts_equal": _both("with_parent_both", "acts_equal"),
    "every_word": _all_of("words_of_local_found", "words_of_canonical_found"),
    "every_word_with_parent": _all_of("with_parent_local_found", "with_parent_canonical_found"),
    "every_word_of_local": _all_of("words_of_local_found", "words_of_local_found"),
    "every_word_of_canonical": _all_of("words_of_canonical_found", "words_of_canonical_found"),
    "words_of_local_found^4": _power("words_of_local_found", 4),
    "words_of_canonical_found^4": _power("words_of_canonical_found", 4),
    "words_both*department_agrees": _both("words_both", "department_agrees"),
    "words_of_canonical_found*acts_local_more": _both("words_of_canonical_found", "acts_local_more"),
    "words_of_local_found*acts_local_fewer": _both("words_of_local_found", "acts_local_fewer"),
    "words_of_canonical_found*acts_equal": _both("words_of_canonical_found", "acts_equal"),
    "words_of_local_found*acts_equal": _both("words_of_local_found", "acts_equal"),
}
COLUMNS = (*FEATURES, *MORE, "always")


@dataclass(frozen=True)
class Model:
    """Weights, one row a column of `COLUMNS`, one column a relation of `RELATIONS`."""

    weights: Floats

    def probabilities(self, facts: Floats) -> Floats:
        """One row a pair, one column a relation; rows sum to 1."""
        return softmax(expand(facts) @ self.weights)


def expand(facts: Floats) -> Floats:
    """The facts, their products, and a column of ones."""
    return np.column_stack([facts, *(of(facts) for of in MORE.values()), np.ones(len(facts))])


def softmax(scores: Floats) -> Floats:
    """Rows that sum to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@cache
def load(file: Path = FILE) -> Model:
    """Read the weights. Raises KeyError when the file is of other columns than the code's."""
    weights = json.loads(file.read_text("utf-8"))["weights"]
    return Model(np.array([[weights[c][r] for r in RELATIONS] for c in COLUMNS], np.float64))
