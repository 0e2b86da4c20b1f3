"""How long 28,000 county names and 140,000 material names take, beside RapidFuzz's bare all-pairs
ratio of the same names (each with each, on two cores), in the same run.

RapidFuzz on the material names is measured on a part of the rows, each beside all names, and
reckoned up: the whole would take some ten minutes. All material names are different, which is
harder than a city's rows: there most repeat.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bench.names.gold import HERE
from bench.names.made import reworded
from catalog.items.bag import bag
from catalog.items.match import Canonical, Index, Local
from catalog.items.parse import contrast_words, parse
from catalog.items.weigh import judge_all
from catalog.materials.parse import parse_material
from catalog.materials.proofs import known_proofs

NAMES = 28_000
MATERIALS = 140_000
NEW = 100
CANONICAL = 1_400
PIECE = 2_000
TENTH = 10


def speed(index: Index) -> dict[str, dict[str, Any]]:
    """Seconds of both; the share of a re-run after 100 new names; how time grows with names."""
    large = Index(_canonical(index))
    names = names_of(index, NAMES + NEW)
    papers = materials_of(MATERIALS + NEW)
    old, new = names[:NAMES], names[NAMES:]
    bare = _seconds(lambda: _all_pairs(old, old))
    bare_papers = _seconds(lambda: _all_pairs(papers[:PIECE], papers)) * MATERIALS / PIECE
    tenth = _seconds(lambda: _judge(large, old[: NAMES // TENTH]))
    items = _seconds(lambda: _judge(large, old))
    materials = _seconds(lambda: _parse(papers[:MATERIALS]))
    again = _seconds(lambda: _judge(Index(large.items), new))
    again += _seconds(lambda: _parse(papers[MATERIALS:]))
    whole = items + materials
    return {
        "rapidfuzz_ratio_of_28000_item_names_seconds": _plain(bare),
        "rapidfuzz_ratio_of_140000_material_names_seconds_reckoned": _plain(bare_papers),
        "judge_28000_item_names_seconds": _plain(items),
        "parse_140000_different_material_names_seconds": _plain(materials),
        "items_over_rapidfuzz_on_items": _at_most(items / bare, 1),
        "all_names_over_rapidfuzz_on_all_names": _at_most(whole / (bare + bare_papers), 1),
        "all_names_over_rapidfuzz_on_items_alone": _plain(whole / bare),
        "re_run_after_100_new_names_share": _at_most(again / whole, 0.05),
        "ten_times_the_names_times_the_time": _at_most(items / tenth, 12),
    }


def _plain(value: float) -> dict[str, Any]:
    return {"value": round(value, 3), "goal": "-", "holds": None}


def _at_most(value: float, goal: float) -> dict[str, Any]:
    return {"value": round(value, 3), "goal": f"<= {goal}", "holds": value <= goal}


def _judge(index: Index, names: Sequence[str]) -> None:
    """What unify asks for: a verdict for each name."""
    judge_all(index, (Local(name) for name in names))


def _parse(names: Sequence[str]) -> None:
    proofs = known_proofs()
    for name in names:
        parse_material(name, proofs)


def _canonical(index: Index) -> list[Canonical]:
    """As many canonical items as a city has."""
    more = index.items[: CANONICAL - len(index.items)]
    return [
        *index.items,
        *(
            Canonical(f"X{n}", f"{i.name}（{n}号）", i.parent, i.task_type, i.department)
            for n, i in enumerate(more)
        ),
    ]


def _all_pairs(names: Sequence[str], others: Sequence[str]) -> None:
    """The bare ratio of each name with each other, in pieces that fit into memory."""
    for start in range(0, len(names), PIECE):
        process.cdist(
            names[start : start + PIECE], others, scorer=fuzz.ratio, dtype=np.uint8, workers=2
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


def materials_of(count: int) -> list[str]:
    """Different material names: real ones of dev, with another number or holder each."""
    with (HERE / "gold" / "material_names_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        real = [row["material_name"] for row in csv.DictReader(file)]
    chance = random.Random(6)
    found: dict[str, None] = {}
    while len(found) < count:
        who = chance.choice(("", "申请人", "企业", "法定代表人", "经办人", "配偶"))
        tail = chance.choice(("", "原件", "复印件", "（一式两份）", "（加盖公章）"))
        name = f"{who}{chance.choice(real)}{tail}"
        found[f"{name}（{len(found)}号）" if name in found else name] = None
    return list(found)


def _seconds(work: Callable[[], object]) -> float:
    """Nothing is remembered of what was done before."""
    for remembering in (bag, parse, contrast_words):
        remembering.cache_clear()
    began = time.monotonic()
    work()
    return time.monotonic() - began
