"""What a word of the lexicon is made of: 计量标准器具核准 holds 计量, 标准 and 器具.

A compound that the lexicon keeps as one word would share nothing with a name that says a part of
it. So names are compared by these pieces too.
"""

from __future__ import annotations

from functools import cache

from catalog.items import things
from catalog.items.lexicon import load as load_acts

_DEEPEST = 4  # words in words in words


@cache
def pieces(word: str) -> tuple[str, ...]:
    """The smallest known words of a standing word, without those of acts and of grants.

    A word that holds no shorter one is its own piece.
    """
    return tuple(dict.fromkeys(_pieces(word, 0))) or (word,)


def _pieces(word: str, depth: int) -> tuple[str, ...]:
    known = things.load()
    stands = known.meaning.get(word, word)
    if len(stands) <= len(word):
        word = stands
    parts = _cut(word, known) if len(word) > 2 and depth < _DEEPEST else []
    if len(parts) == len(word) or not parts:  # characters alone
        return (word,)
    acts = load_acts().act_of
    return tuple(
        piece
        for part in parts
        if part not in acts and known.procedure_of.get(part) not in things.NO_OBJECT
        for piece in _pieces(part, depth + 1)
    )


def _cut(word: str, known: things.Things) -> list[str]:
    """The longest known words of a word, without itself and what stands for it."""
    stands = known.meaning.get(word, word)
    found, at = [], 0
    while at < len(word):
        for length in known.lengths.get(word[at], ()):
            part = word[at : at + length]
            if length < len(word) and known.meaning.get(part, stands) != stands:
                break
        else:
            part = word[at]
        found.append(part)
        at += len(part)
    return found
