"""Candidates for the questions that go to a person: scored with RapidFuzz's help, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from catalog.items.match import Candidate, Index, Local, Verdict, overlap
from catalog.items.parse import ItemName, contrast, parse, same_acts
from catalog.items.words import act_words

BATCH = 512  # names a score matrix
NEAR = 12  # kept of each row for the closer look
SHOWN = 5
WORTH = 0.25  # a candidate below this score is not worth a person's look


def questions(index: Index, asked: Sequence[tuple[Local, Verdict]]) -> Iterator[Verdict]:
    """The verdicts again, each with at most five candidates; those of the rules come first."""
    cores = [name.core for name in index.names]
    for start in range(0, len(asked), BATCH):
        part = asked[start : start + BATCH]
        names = [parse(local.name) for local, _ in part]
        scores = process.cdist([n.core for n in names], cores, scorer=fuzz.ratio, dtype=np.uint8)
        nearest = np.argsort(-scores.astype(np.int16), axis=1, kind="stable")[:, :NEAR]
        for (local, verdict), name, row, near in zip(part, names, scores, nearest, strict=True):
            scored = [
                _candidate(index, local, name, int(n), float(row[int(n)]) / 100) for n in near
            ]
            yield _with(verdict, scored)


def _candidate(index: Index, local: Local, name: ItemName, n: int, ratio: float) -> Candidate:
    """The closer look: characters, pairs of characters, act, words that differ in law."""
    item, other = index.items[n], index.names[n]
    score = 0.5 * ratio + 0.3 * overlap(name.core, other.core)
    why = "文字相近"
    if same_acts(name, other):
        score += 0.1
    else:
        why += f"，但行为不同（{act_words(name.acts)}/{act_words(other.acts)}）"
    if name.scopes == other.scopes:
        score += 0.05
    if local.department and local.department == item.department:
        score += 0.05
    if words := contrast(name, other):
        score -= 0.1
        why += f"，但“{words[0]}”与“{words[1]}”不同"
    return Candidate(item.id, item.name, round(max(score, 0.0), 3), why)


def _with(verdict: Verdict, scored: list[Candidate]) -> Verdict:
    known = {candidate.id for candidate in verdict.candidates}
    worth = [c for c in scored if c.score >= WORTH and c.id not in known]
    worth.sort(key=lambda candidate: (-candidate.score, candidate.id))
    why = verdict.why
    if verdict.rule == "none":
        why = "文字相近但不足以认定" if worth else "基本目录中没有相近的事项"
    shown = (*verdict.candidates, *worth)[:SHOWN]
    return Verdict(None, verdict.rule, why, verdict.confidence, shown)
