"""Scores of parsed material names: part by part against a reader's labels, with intervals.

Parts are paired in order, leaving out what fits no partner, so that one part too many does not
spoil those after it. A field that the readers left open (null) counts for nothing. A labelled part
without a partner is wrong in every field.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

FIELDS = ("role", "form", "kind")
Part = Mapping[str, Any]
Parts = Sequence[Part]


@dataclass
class Share:
    """How many of how many are right."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """Count one more."""
        self.right += right
        self.of += 1

    @property
    def value(self) -> float:
        """The share; 1 of nothing."""
        return self.right / self.of if self.of else 1.0

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        if not self.of:
            return 0.0, 1.0
        n, share = self.of, self.value
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Score:
    """Shares by what is asked; those of fields by category too; and what failed."""

    shares: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    by_category: dict[tuple[str, str], Share] = field(default_factory=lambda: defaultdict(Share))
    failures: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, name: str, what: str, wanted: str, found: str, right: bool) -> None:
        """Count one answer."""
        self.shares[what].add(right)
        if what in (*FIELDS, "composition"):
            self.by_category[what, wanted].add(right)
        if not right:
            self.failures.append((what, name, wanted, found))


def score_one(score: Score, name: str, wanted: tuple[str, Parts], found: tuple[str, Parts]) -> None:
    """Count one material's answers."""
    score.add(name, "composition", wanted[0], found[0], wanted[0] == found[0])
    ours = "|".join(str(part["document"]) for part in found[1])
    same_number = len(wanted[1]) == len(found[1])
    score.add(name, "parts", str(len(wanted[1])), f"{len(found[1])}: {ours}", same_number)
    for gold, part in paired(wanted[1], found[1]):
        for what in FIELDS:
            if gold[what] is not None:
                said = str(part[what]) if part else "no part"
                note = f"{said} ({part['document'] if part else ''})"
                score.add(name, what, str(gold[what]), note, said == gold[what])
        if gold["document"] is not None:
            said = str(part["document"]) if part else ""
            score.add(name, "document", gold["document"], said, contains(gold["document"], said))


def contains(one: str, other: str) -> bool:
    """Whether either noun is in the other; an empty one is in none."""
    return bool(one and other) and (one in other or other in one)


def paired(wanted: Parts, found: Parts) -> list[tuple[Part, Part | None]]:
    """Each labelled part with ours: the pairing in order that fits best."""
    if len(wanted) == len(found):
        return list(zip(wanted, found, strict=True))
    best: dict[tuple[int, int], tuple[int, list[tuple[Part, Part | None]]]] = {}
    for i in range(len(wanted) + 1):
        for j in range(len(found) + 1):
            ways: list[tuple[int, list[tuple[Part, Part | None]]]] = []
            if i and j:
                before = best[i - 1, j - 1]
                gain = _fit(wanted[i - 1], found[j - 1])
                ways.append((before[0] + gain, [*before[1], (wanted[i - 1], found[j - 1])]))
            if i:
                before = best[i - 1, j]
                ways.append((before[0], [*before[1], (wanted[i - 1], None)]))
            if j:
                ways.append(best[i, j - 1])
            best[i, j] = max(ways, key=lambda way: way[0]) if ways else (0, [])
    return best[len(wanted), len(found)][1]


def _fit(gold: Part, part: Part) -> int:
    same_noun = gold["document"] is not None and contains(gold["document"], part["document"])
    return 1 + 4 * same_noun + sum(bool(gold[what] == part[what]) for what in FIELDS)


def table(score: Score, goals: Mapping[str, float]) -> Iterable[str]:
    """One line a share: right of all, the share, its interval, the goal."""
    for what, goal in goals.items():
        share = score.shares[what]
        low, high = share.interval()
        mark = "holds" if share.value >= goal else "FAILS"
        yield (
            f"{what:<14}{share.right:>5} of {share.of:<5} {share.value:.3f}"
            f"  [{low:.3f}, {high:.3f}]  goal {goal:.2f}  {mark}"
        )
    for (what, category), share in sorted(score.by_category.items()):
        low, high = share.interval()
        yield (
            f"  {what:<12} {category:<20} {share.right:>4} of {share.of:<5} {share.value:.3f}"
            f"  [{low:.3f}, {high:.3f}]"
        )
