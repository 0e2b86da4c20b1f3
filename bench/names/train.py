"""Learns `catalog/items/model.json`: `python -m bench.names.train`. The same files, the same model.

From the labelled names (the gold's dev part, the training part of our own) and names made by rule.
L-BFGS on the softmax's loss with a penalty on large weights; no randomness but the made names' seed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from bench.names.gold import DEV, OWN, Labelled, canonical, labelled
from bench.names.made import make
from catalog.items.features import Floats, Ints, Name, Side, Vocabulary, gram_numbers, pair_features, retrieve
from catalog.items.model import COLUMNS, FILE, RELATIONS, expand, softmax

NEAREST = 20
NEAREST_MADE = 8
PENALTY = 1.0
MADE_SAME, MADE_OTHER = 0.4, 0.1  # weight of a made pair beside a labelled one


@dataclass(frozen=True)
class Pairs:
    """Pairs with their label (a number of `RELATIONS`) and weight; `query` is the row asked about."""

    query: Ints
    row: Ints
    facts: Floats
    label: Ints
    weight: Floats


class Canon:
    """The canonical side, made ready once."""

    def __init__(self) -> None:
        self.items = canonical()
        names = [Name(i["name"], i["main_item"], i["department"]) for i in self.items]
        self.vocabulary = Vocabulary(name.name for name in names)
        self.grams = gram_numbers(names, self.vocabulary)
        self.side = Side(names, self.vocabulary, self.grams)
        self.row = {item["canonical_id"]: n for n, item in enumerate(self.items)}

    def local(self, names: Sequence[Name]) -> Side:
        return Side(names, self.vocabulary, self.grams)


def labelled_pairs(canon: Canon, rows: Sequence[Labelled]) -> Pairs:
    """The nearest canonical items of each labelled name, and those that it is labelled with."""
    left = canon.local([Name(r.name, r.parent, r.department) for r in rows])
    a, b = retrieve(left, canon.side, NEAREST)
    there = set(zip(a.tolist(), b.tolist(), strict=True))
    more = [(n, canon.row[i]) for n, r in enumerate(rows) for i in r.ids if (n, canon.row[i]) not in there]
    if more:
        a, b = np.append(a, [x for x, _ in more]), np.append(b, [y for _, y in more])
    label = np.zeros(len(a), np.int64)
    for at, (n, row) in enumerate(zip(a, b, strict=True)):
        if canon.items[row]["canonical_id"] in rows[n].ids:
            label[at] = RELATIONS.index(rows[n].relation)
    weight = np.array([1.0 if rows[n].sure else 0.5 for n in a])
    return Pairs(a, b, pair_features(left, canon.side, a, b), label, weight)


def made_pairs(canon: Canon) -> Pairs:
    """The same of the names made by rule."""
    made = list(make(canon.items))
    left = canon.local([Name(m.name, m.parent, m.department) for m in made])
    a, b = retrieve(left, canon.side, NEAREST_MADE)
    known = np.array([y in made[x].rows or y not in made[x].besides for x, y in zip(a, b, strict=True)])
    a, b = a[known], b[known]
    label = np.array(
        [RELATIONS.index(made[x].relation) if y in made[x].rows else 0 for x, y in zip(a, b, strict=True)]
    )
    weight = np.where(label > 0, MADE_SAME, MADE_OTHER)
    return Pairs(a, b, pair_features(left, canon.side, a, b), label, weight)


def learn(parts: Sequence[Pairs], penalty: float = PENALTY) -> Floats:
    """Weights (columns × relations) from pairs."""
    raw = np.vstack([expand(part.facts) for part in parts])
    label = np.concatenate([part.label for part in parts])
    weight = np.concatenate([part.weight for part in parts])
    scale = np.maximum(raw.std(axis=0), 0.05)
    scale[-1] = 1.0
    columns, truth = raw / scale, np.eye(len(RELATIONS))[label]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(columns.shape[1], len(RELATIONS))
        chance = softmax(columns @ weights)
        value = -(weight * np.log(np.maximum((chance * truth).sum(axis=1), 1e-12))).sum()
        slope = columns.T @ ((chance - truth) * weight[:, None])
        slope[:-1] += penalty * weights[:-1]
        return float(value + 0.5 * penalty * (weights[:-1] ** 2).sum()), slope.ravel()

    start = np.zeros(columns.shape[1] * len(RELATIONS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x.reshape(columns.shape[1], len(RELATIONS)) / scale[:, None])


def main() -> None:
    """Learn from everything that may be learned from, and write the model."""
    canon = Canon()
    rows = [*labelled(DEV), *labelled(OWN / "items_train.csv")]
    weights = learn([labelled_pairs(canon, rows), made_pairs(canon)])
    table = {
        column: {relation: round(float(value), 4) for relation, value in zip(RELATIONS, row, strict=True)}
        for column, row in zip(COLUMNS, weights, strict=True)
    }
    document = {"made_by": "python -m bench.names.train", "weights": table}
    FILE.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
