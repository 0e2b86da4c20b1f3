"""How long 28,000 county names take, beside RapidFuzz's bare all-pairs ratio of the same
names (each with each, on two cores)."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bench.names.made import reworded
from catalog.items.match import Canonical, Index, Local
from catalog.items.weigh import judge_all

NAMES = 28_000
CANONICAL = 1_400
PIECE = 2_000


def speed(index: Index) -> dict[str, dict[str, Any]]:
    """Seconds of both, and of a re-run's share after 100 new names."""
    names = names_of(index, NAMES)
    items = [
        *index.items,
        *(
            Canonical(f"X{n}", f"{i.name}（{n}号）", i.parent, i.task_type, i.department)
            for n, i in enumerate(index.items[: CANONICAL - len(index.items)])
        ),
    ]
    large = Index(items)
    bare = _seconds(lambda: _all_pairs(names))
    ours = _seconds(lambda: judge_all(large, [Local(name) for name in names]))
    return {
        "rapidfuzz_ratio_all_pairs_seconds": {"value": round(bare, 2), "goal": "-", "holds": None},
        "judge_28000_names_seconds": {"value": round(ours, 2), "goal": "-", "holds": None},
        "judge_over_rapidfuzz": {
            "value": round(ours / bare, 2),
            "goal": "<= 1",
            "holds": ours <= bare,
        },
    }


def _all_pairs(names: list[str]) -> None:
    """The bare ratio of every two names, in pieces that fit into memory."""
    for start in range(0, len(names), PIECE):
        process.cdist(
            names[start : start + PIECE], names, scorer=fuzz.ratio, dtype=np.uint8, workers=2
        )


def names_of(index: Index, count: int) -> list[str]:
    """Different names, each a canonical one said otherwise."""
    chance = random.Random(5)
    found: dict[str, None] = {}
    while len(found) < count:
        name = reworded(chance.choice(index.items).name, chance)
        found[f"{name}{chance.choice('甲乙丙丁戊')}" if name in found else name] = None
        if len(found) < count and chance.random() < 0.5:
            found[f"{chance.choice('东西南北中')}{chance.choice('城山河湖')}区{name}"] = None
    return list(found)[:count]


def _seconds(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
