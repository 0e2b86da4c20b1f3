"""What the figures of item names are: counted over labelled rows and answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.names.gold import Labelled
from catalog.items.match import Verdict

GROUP = {"same": "same", "narrower": "case", "broader": "case", "none": "none"}
GROUPS = ("same", "case", "none")


@dataclass
class Score:
    """Counts over rows. "Right" same: the relation and the canonical item."""

    rows: int = 0
    true_same: int = 0
    said_same: int = 0
    right_same: int = 0
    merged: int = 0  # auto true and same
    merged_wrong: int = 0
    to_a_person: int = 0  # auto false
    with_ids: int = 0
    among_five: int = 0
    table: dict[tuple[str, str], int] = field(default_factory=dict)  # (truth, said) by group

    def add(self, row: Labelled, verdict: Verdict) -> bool:
        """Count one row; whether it is right (the group, and for same the item)."""
        self.rows += 1
        truth, said = GROUP[row.relation], GROUP[verdict.relation]
        right = truth == said and (truth != "same" or verdict.item_ids[0] == row.ids[0])
        self.true_same += truth == "same"
        self.said_same += said == "same"
        self.right_same += truth == "same" and right
        if verdict.auto and said == "same":
            self.merged += 1
            self.merged_wrong += not (truth == "same" and right)
        self.to_a_person += not verdict.auto
        if row.ids:
            first = {c.id for c in verdict.candidates[:5]}
            self.with_ids += 1
            self.among_five += row.ids[0] in first or (
                truth == "case" and bool(first & set(row.ids))
            )
        self.table[truth, said] = self.table.get((truth, said), 0) + 1
        return right

    @property
    def f1_same(self) -> float:
        return _share(2 * self.right_same, self.said_same + self.true_same)

    @property
    def macro_f1(self) -> float:
        """Over the groups that have rows; `same` counts by relation and item."""
        found = [self.f1(group) for group in GROUPS if self.of(group)]
        return sum(found) / max(len(found), 1)

    def f1(self, group: str) -> float:
        """F1 of a group by relation alone."""
        right = self.table.get((group, group), 0)
        said = sum(n for (_, s), n in self.table.items() if s == group)
        return _share(2 * right, self.of(group) + said)

    def of(self, group: str) -> int:
        """Rows that are truly of a group."""
        return sum(n for (t, _), n in self.table.items() if t == group)

    @property
    def wrong_share(self) -> float:
        return _share(self.merged_wrong, self.merged)

    @property
    def found_share(self) -> float:
        return _share(self.merged - self.merged_wrong, self.true_same)

    @property
    def five_share(self) -> float:
        return _share(self.among_five, self.with_ids)

    @property
    def person_share(self) -> float:
        return _share(self.to_a_person, self.rows)


def score(
    rows: Sequence[Labelled], verdicts: Mapping[str, Verdict]
) -> tuple[Score, list[Labelled]]:
    """The counts, and the rows that are wrong; verdicts by row id."""
    total, wrong = Score(), []
    for row in rows:
        if not total.add(row, verdicts[row.id]):
            wrong.append(row)
    return total, wrong


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson)."""
    if of == 0:
        return 0.0, 1.0
    z = 1.96
    p = right / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(part: int, of: int) -> float:
    return part / of if of else 0.0
