"""Two names beside each other: which pieces of each the other has too, and what both ask for."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from portal.port_judging import Evidence, Whole

Marked = list[tuple[str, bool]]  # pieces of a name, and whether the other has them too


@dataclass(frozen=True)
class Pair:
    """A candidate beside the question's name."""

    id: str
    name: str
    score: str
    why: str
    here: Marked
    there: Marked
    evidence: Evidence | None  # of a material's candidate there is none


def pairs(whole: Whole) -> list[Pair]:
    """The candidates, best first, each beside the name with what differs marked."""
    made = []
    evidence = {one.id: one for one in whole.evidence}
    for one in whole.question.candidates if whole.question else ():
        here, there = marked(whole.name, str(one["name"]))
        score = one.get("score")
        shown = f"{score:.0f}" if isinstance(score, int | float) and score > 1 else ""
        if not shown and isinstance(score, float):
            shown = f"{score:.0%}"
        id_, why = str(one["id"]), str(one.get("why") or "")
        made.append(Pair(id_, str(one["name"]), shown, why, here, there, evidence.get(id_)))
    return made


def marked(left: str, right: str) -> tuple[Marked, Marked]:
    """Both names in pieces: what both have, in its order, and what one has alone."""
    here: Marked = []
    there: Marked = []
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    for tag, a, b, c, d in blocks:
        both = tag == "equal"
        if a < b:
            here.append((left[a:b], both))
        if c < d:
            there.append((right[c:d], both))
    return here, there
