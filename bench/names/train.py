"""Learns `catalog/items/model.json`: `python -m bench.names.train`. The same files, the same model.

From the labelled names (`LEARNED`) and names made by rule.
Boosted trees (`grow`), no sampling: no randomness but the made names' seed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.names.gold import DEV, OWN, Labelled, canonical, labelled
from bench.names.grow import Growth, grow
from bench.names.made import make
from catalog.items.beside import LOOKED_AT
from catalog.items.features import pair_features
from catalog.items.match import Local
from catalog.items.model import AGAINST_SAME, COLUMNS, FILE, FOR_SAME, Model, Thresholds, all_facts
from catalog.items.nearest import nearest
from catalog.items.sides import Name, Side, Vocabulary
from catalog.items.sparse_rows import Floats, Ints
from catalog.items.trees import Trees
from catalog.items.weigh import with_object

#: The labelled names that the shipped weights are learned from.
LEARNED = (
    DEV,
    *(OWN / f"items_{name}.csv" for name in ("train", "guides", "national", "words")),
)
NEAREST = 20
NEAREST_MADE = 5
RELATIONS = ("none", "same", "narrower", "broader")  # labels of pairs are numbers of these
SAME = 1
RARE = 2.0  # narrower and broader are rare among the labelled names, not in a city
GROWTH = Growth()
THRESHOLDS = Thresholds(same=0.4, related=0.3, sure_same=0.75, sure_related=0.35, sure_none=0.6)
MADE_SAME, MADE_OTHER = 0.4, 0.05  # weight of a made pair beside a labelled one


@dataclass(frozen=True)
class Pairs:
    """Pairs with their label (a number of `RELATIONS`) and weight; `query`: the row asked about."""

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
        self.vocabulary = Vocabulary(names)
        self.side = Side(names, self.vocabulary, base=True)
        self.row = {item["canonical_id"]: n for n, item in enumerate(self.items)}

    def local(self, names: Sequence[Name]) -> Side:
        return Side(names, self.vocabulary)


def labelled_pairs(canon: Canon, rows: Sequence[Labelled]) -> Pairs:
    """The nearest canonical items of each labelled name, and those that it is labelled with."""
    whole = [with_object(Local(r.name, "", r.department, r.parent)).name for r in rows]
    left = canon.local([Name(n, r.parent, r.department) for n, r in zip(whole, rows, strict=True)])
    a, b = nearest(left, canon.side, NEAREST)
    there = set(zip(a.tolist(), b.tolist(), strict=True))
    more = [
        (n, canon.row[i])
        for n, r in enumerate(rows)
        for i in r.ids
        if (n, canon.row[i]) not in there
    ]
    if more:
        a, b = np.append(a, [x for x, _ in more]), np.append(b, [y for _, y in more])
        order = np.argsort(a, kind="stable")
        a, b = a[order], b[order]
    label = np.zeros(len(a), np.int64)
    for at, (n, row) in enumerate(zip(a, b, strict=True)):
        if canon.items[row]["canonical_id"] in rows[n].ids:
            label[at] = RELATIONS.index(rows[n].relation)
    weight = np.array([1.0 if rows[n].sure else 0.5 for n in a]) * np.where(label > SAME, RARE, 1.0)
    return Pairs(a, b, pair_features(left, canon.side, a, b), label, weight)


def made_pairs(canon: Canon) -> Pairs:
    """The same of the names made by rule."""
    made = list(make(canon.items))
    left = canon.local([Name(m.name, m.parent, m.department) for m in made])
    a, b = nearest(left, canon.side, NEAREST_MADE)
    known = np.array(
        [y in made[x].rows or y not in made[x].besides for x, y in zip(a, b, strict=True)]
    )
    a, b = a[known], b[known]
    label = np.array(
        [
            RELATIONS.index(made[x].relation) if y in made[x].rows else 0
            for x, y in zip(a, b, strict=True)
        ]
    )
    weight = np.where(label > 0, MADE_SAME, MADE_OTHER) * np.where(label > SAME, RARE, 1.0)
    return Pairs(a, b, pair_features(left, canon.side, a, b), label, weight)


def learn(parts: Sequence[Pairs], how: Growth = GROWTH) -> tuple[Trees, Trees]:
    """Trees for "same" and for "narrower or broader" from pairs."""
    facts = np.vstack([all_facts(part.query, part.facts) for part in parts])
    label = np.concatenate([part.label for part in parts])
    weight = np.concatenate([part.weight for part in parts])
    asked = facts[:, COLUMNS.index("rank")] < LOOKED_AT  # no other pair is ever weighed
    facts, label, weight = facts[asked], label[asked], weight[asked]
    signs = np.array([1 if c in FOR_SAME else -1 if c in AGAINST_SAME else 0 for c in COLUMNS])
    same = grow(facts, (label == SAME).astype(np.float64), weight, signs, how)
    related = grow(facts, (label > SAME).astype(np.float64), weight, np.zeros_like(signs), how)
    return same, related


def learned() -> str:
    """The model's file, learned from everything that may be learned from."""
    canon = Canon()
    rows = [row for file in LEARNED for row in labelled(file)]
    same, related = learn([labelled_pairs(canon, rows), made_pairs(canon)])
    document = Model(same, related, THRESHOLDS).as_json()
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> None:
    """Write the model."""
    FILE.write_text(learned(), "utf-8")


if __name__ == "__main__":
    main()
