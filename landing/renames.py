"""Which new column a missing one seems to have become: by name and by what the cells look like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from landing.columns_seen import Seen
from landing.shapes import LOOSE, expected
from registry.contract import Stream

NOISE = re.compile(r"[\s_\-.·:：()（）]+|\d+$|(new|xin)$")
LIKE = 0.6


def fit(
    stream: Stream,
    missing: Sequence[str],
    new: Sequence[str],
    told: Mapping[str, Seen],
    known: Mapping[str, Seen],
) -> dict[str, str]:
    """Missing column → new column, the best fit first, each used once; no fit, no guess."""
    scored = [
        (score, old, name)
        for old in missing
        for name in new
        if (score := _score(stream, old, name, told, known)) >= LIKE
    ]
    found: dict[str, str] = {}
    for _, old, name in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if old not in found and name not in found.values():
            found[old] = name
    return found


def _score(
    stream: Stream, old: str, new: str, told: Mapping[str, Seen], known: Mapping[str, Seen]
) -> float:
    """From 0 to 1. A form or a type that differs is a no; a telling form that agrees helps."""
    before, now = known.get(old), told[new]
    form = expected(stream).get(old) or (before.shape if before else None)
    if before and before.type and now.type and before.type != now.type:
        return 0.0
    if form and now.shape and form != now.shape:
        return 0.0
    telling = form is not None and form == now.shape and form not in LOOSE | {"digits"}
    return min(1.0, _alike(old, new) + (0.3 if telling else 0.0))


def _alike(old: str, new: str) -> float:
    """How alike two names are: as written, by pinyin, by the initials of pinyin."""
    from difflib import SequenceMatcher

    forms = [(a, b) for a in _forms(old) for b in _forms(new)]
    return max(SequenceMatcher(None, a, b).ratio() for a, b in forms)


def _forms(name: str) -> set[str]:
    from pypinyin import Style, lazy_pinyin

    bare = NOISE.sub("", name.casefold()) or name.casefold()
    whole = "".join(lazy_pinyin(bare))
    return {bare, whole, "".join(lazy_pinyin(bare, style=Style.FIRST_LETTER))}
