"""`make bench NAME=names`: item names against the gold, with baselines and a frozen reference.

`ARGS=--fast` leaves out the speed and learning again; `ARGS=--fails` prints the wrong answers too.
Figures of the parts learned from (`CROSSED`) come from four folds: the weights learn nothing from a
name that they judge (names that are the same text are in one fold).
`KEPT` are kept from it too.
Of these only `BLIND` are blind: their wrong answers are never printed. The lexicon and the
thresholds in `train.py` were made with the others in sight.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.names import materials
from bench.names.baselines import BASELINES, best_f1
from bench.names.gold import OWN, Labelled, canonical, labelled
from bench.names.scoring import Score, score, wilson
from bench.names.speed import speed
from bench.names.train import (
    LEARNED,
    THRESHOLDS,
    Canon,
    labelled_pairs,
    learn,
    learned,
    made_pairs,
)
from catalog.items.match import Canonical, Index, Local, Verdict
from catalog.items.model import FILE, Model
from catalog.items.weigh import judge_all

FOLDS = 4
#: The parts of `LEARNED`: judged crosswise.
CROSSED = ("dev", "own_train", "own_guides", "own_national", "own_words")
#: Kept from learning the weights.
KEPT = ("test", "hard", "words_later", "real", "blind", "blind2")
#: Whose wrong answers nobody reads: only their figures are printed.
BLIND = ("own_blind", "own_blind2")
REFERENCE = Path(__file__).with_name("reference.json")
Figure = dict[str, Any]


def run(arguments: list[str]) -> dict[str, Figure]:
    """Judge, print the scoreboard, and give the figures."""
    parser = argparse.ArgumentParser(prog="bench names")
    parser.add_argument("--fast", action="store_true", help="without the speed")
    parser.add_argument("--fails", action="store_true", help="print the names judged wrong")
    options = parser.parse_args(arguments)
    index = Index(
        Canonical(r["canonical_id"], r["name"], r["main_item"], r["task_type"], r["department"])
        for r in canonical()
    )
    learned_from = {name: labelled(file) for name, file in zip(CROSSED, LEARNED, strict=True)}
    dev = learned_from["dev"]
    crossed = cross_validated(index, [row for rows in learned_from.values() for row in rows])
    parts = {
        **{name: (rows, crossed) for name, rows in learned_from.items()},
        **{
            f"own_{name}": (rows, judged(index, rows))
            for name in KEPT
            if (rows := labelled(OWN / f"items_{name}.csv"))
        },
    }
    figures: dict[str, Figure] = {}
    for name, (rows, verdicts) in parts.items():
        total, wrong = score(rows, verdicts)
        print(f"\n{name}: {total.rows} names\n{board(rows, verdicts)}")
        if options.fails and name not in BLIND:
            print("\n".join(said(row, verdicts[row.id]) for row in wrong))
        figures |= table(name, total)
    figures |= plain(dev)
    figures |= against_reference(figures)
    figures |= materials.figures()
    return figures if options.fast else figures | learned_again() | speed(index)


def learned_again() -> dict[str, Figure]:
    """Whether learning gives the shipped file, byte by byte."""
    holds = learned() == FILE.read_text("utf-8")
    return {"model_learned_again_is_the_same": {"value": int(holds), "goal": "1", "holds": holds}}


def cross_validated(index: Index, rows: Sequence[Labelled]) -> dict[str, Verdict]:
    """Each row judged by a model that has learned from no row of its name."""
    canon = Canon()
    made = made_pairs(canon)
    fold_of = folds(rows)
    found: dict[str, Verdict] = {}
    for fold in range(FOLDS):
        others = [row for row in rows if fold_of[row.name] != fold]
        mine = [row for row in rows if fold_of[row.name] == fold]
        model = Model(*learn([labelled_pairs(canon, others), made]), THRESHOLDS)
        found |= judged(index, mine, model)
    return found


def folds(rows: Iterable[Labelled]) -> dict[str, int]:
    """The fold of each name; the same every time."""
    names = sorted({row.name for row in rows})
    random.Random(1).shuffle(names)
    return {name: at % FOLDS for at, name in enumerate(names)}


def judged(
    index: Index, rows: Sequence[Labelled], model: Model | None = None
) -> dict[str, Verdict]:
    """Verdicts by row id; the model that is shipped where none is given."""
    locals_ = {row.id: Local(row.name, "", row.department, row.parent) for row in rows}
    found = judge_all(index, locals_.values(), candidates=True, model=model)
    return {key: found[local] for key, local in locals_.items()}


def table(name: str, total: Score) -> dict[str, Figure]:
    """The figures of a part; the goals are those of names never seen."""

    def line(value: float, goal: float, at_most: bool = False) -> Figure:
        holds = value <= goal if at_most else value >= goal
        return {
            "value": round(value, 3),
            "goal": f"{'<=' if at_most else '>='} {goal}",
            "holds": holds,
        }

    return {
        f"{name}_f1_same": line(total.f1_same, 0.95),
        f"{name}_macro_f1": line(total.macro_f1, 0.85),
        f"{name}_merged_wrong_share": line(total.wrong_share, 0.01, at_most=True),
        f"{name}_merged_found_share": line(total.found_share, 0.90),
        f"{name}_among_five": line(total.five_share, 0.99),
        f"{name}_to_a_person": line(total.person_share, 0.10, at_most=True),
    }


def board(rows: Sequence[Labelled], verdicts: dict[str, Verdict]) -> str:
    """Right answers by truth and by place, with 95 % intervals."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        right = Score().add(row, verdicts[row.id])
        counts[f"truth {row.relation}"].append(right)
        counts[f"place {row.place}"].append(right)
        counts[f"said by {verdicts[row.id].rule}"].append(right)
        counts["sure" if row.sure else "not sure"].append(right)
    lines = []
    for name, found in sorted(counts.items()):
        low, high = wilson(sum(found), len(found))
        lines.append(f"  {name:<28} {sum(found):>4} of {len(found):<4} {low:.3f} to {high:.3f}")
    return "\n".join(lines)


def said(row: Labelled, verdict: Verdict) -> str:
    """One wrong answer."""
    auto = "auto" if verdict.auto else "asked"
    return (
        f"    {row.relation} {' '.join(row.ids[:3])} · said {verdict.relation}"
        f" {' '.join(verdict.item_ids[:3])} ({auto} {verdict.confidence:.2f}): {row.name}"
        f" | {verdict.why}"
    )


def plain(rows: Sequence[Labelled]) -> dict[str, Figure]:
    """F1 of "same" of the baselines, the threshold found on the other folds."""
    items = canonical()
    fold_of = folds(row for file in LEARNED for row in labelled(file))
    fold = np.array([fold_of[row.name] for row in rows])
    figures: dict[str, Figure] = {}
    for name, scorer in BASELINES.items():
        scores = scorer([row.name for row in rows], [item["name"] for item in items])
        near = scores.argmax(axis=1)
        top = scores.max(axis=1)
        right = np.array(
            [
                r.relation == "same" and items[n]["canonical_id"] == r.ids[0]
                for r, n in zip(rows, near, strict=True)
            ]
        )
        truth = np.array([row.relation == "same" for row in rows])
        said_same = np.zeros(len(rows), bool)
        for here in range(FOLDS):
            others = fold != here
            limit, _ = best_f1(top[others], right[others], int(truth[others].sum()))
            said_same[~others] = top[~others] >= limit
        value = 2 * int((said_same & right).sum()) / max(int(said_same.sum()) + int(truth.sum()), 1)
        figures[f"dev_f1_same_of_{name}"] = {"value": round(value, 3), "goal": "-", "holds": None}
    return figures


def against_reference(figures: dict[str, Figure]) -> dict[str, Figure]:
    """F1 less that of the frozen reference run: a change may not make it worse unseen."""
    frozen = json.loads(REFERENCE.read_text("utf-8"))["figures"]
    found: dict[str, Figure] = {}
    for name in ("dev_f1_same", "dev_macro_f1", "own_test_f1_same", "own_test_macro_f1"):
        change = round(figures[name]["value"] - frozen[name], 3)
        found[f"{name}_since_reference"] = {
            "value": change,
            "goal": ">= -0.01",
            "holds": change >= -0.01,
        }
    return found
