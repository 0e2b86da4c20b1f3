"""What an office need not say, since it does nothing else: 医保 in a name of the 医保局.

Where one office says it and another does not, the names differ in no more than that. So such words
count little in names of that office, also within a compound: 职工基本医疗保险 is 职工 there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from catalog.items import things
from catalog.items.bag import Bag, marks_of
from catalog.items.pieces import pieces


@lru_cache(maxsize=65536)
def at_home(one: Bag, domains: int) -> Bag:
    """The name as its office would say it; the same where no other word would be left."""
    known = things.load()
    implied = [w for bit, said in known.implied if domains >> bit & 1 for w in said]
    words, light = [], list(one.light)
    for word in one.words:
        within = next((i for i in implied if _holds(word, i)), "")
        rest = [p for p in pieces(word) if p not in pieces(within)] if within else [word]
        words += ["".join(rest)] if "".join(rest) in known.meaning else rest
        light += [within] if within else []
    if not words or len(light) == len(one.light):
        return one
    marks = dict(one.marks)
    for line, bits in marks_of(words, known):
        marks[line] = marks.get(line, 0) | bits
    return replace(
        one,
        words=tuple(words),
        light=tuple(light),
        text="".join(words),
        marks=tuple(sorted(marks.items())),
    )


def _holds(word: str, implied: str) -> bool:
    return word == implied or set(pieces(implied)) <= set(pieces(word))
