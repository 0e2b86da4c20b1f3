"""The evidence as Markdown for people and JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from pipeline.evidence.clauses import Clause, Standard, State, standards

STATES: Final[dict[State, str]] = {
    "met": "met",
    "part": "in part",
    "site": "the city's",
    "none": "not here",
}


def write(folder: Path, seen: Mapping[str, str], at: datetime) -> list[str]:
    """Write `evidence.md` and `evidence.json`; a line a standard with its counts."""
    known = standards()
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        "at": at.isoformat(),
        "standards": [
            {
                **one.model_dump(exclude={"clauses"}),
                "clauses": [
                    {**clause.model_dump(), "seen": _seen(clause, seen)} for clause in one.clauses
                ],
            }
            for one in known
        ],
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
    (folder / "evidence.json").write_text(text, "utf-8")
    lines = [f"# Evidence, {at:%Y-%m-%d %H:%M}Z", "", *_head()]
    for one in known:
        lines += _shown(one, seen)
    (folder / "evidence.md").write_text("\n".join(lines) + "\n", "utf-8")
    return [f"{one.standard}: {_counts(one)}" for one in known]


def _head() -> list[str]:
    return [
        "What this installation can show an examiner. It is no certificate: a clause counts as met "
        "when a setting and a test stand for it here; what is lacking is said.",
        "",
    ]


def _shown(one: Standard, seen: Mapping[str, str]) -> Iterator[str]:
    yield f"## {one.standard}, {one.level}"
    yield ""
    yield f"{one.note} {_counts(one)}."
    yield ""
    yield "| clause | about | state | setting | where | test | seen now | lacking |"
    yield "|---|---|---|---|---|---|---|---|"
    for clause in one.clauses:
        now = "; ".join(f"{name}: {said}" for name, said in _seen(clause, seen).items())
        cells = [
            clause.clause,
            clause.title,
            STATES[clause.state],
            clause.how,
            ", ".join(f"`{name}`" for name in clause.where),
            ", ".join(f"`{name}`" for name in clause.test),
            now,
            clause.gap,
        ]
        yield "| " + " | ".join(cell.replace("|", "/") or "—" for cell in cells) + " |"
    yield ""


def _seen(clause: Clause, seen: Mapping[str, str]) -> dict[str, str]:
    return {name: seen[name] for name in clause.sample}


def _counts(one: Standard) -> str:
    counted = Counter(clause.state for clause in one.clauses)
    return ", ".join(
        f"{counted[state]} {word}"
        for state, word in STATES.items()
        if state != "none" or counted[state]
    )
