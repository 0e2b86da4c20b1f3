"""Whether a password is one that is guessed early: common ones, and what is pieced together.

A password is covered by the pieces of `password_words.yml`, names of the city and its counties,
common passwords, dates, telephone and citizens' numbers, runs of keys and repetitions. What no
piece covers must be FRESH characters or more. ASVS 5, 6.2.4 and 6.2.11.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final
from unicodedata import normalize

import yaml

from registry import divisions

FOLDER = Path(__file__).parent
WORDS, COMMON = FOLDER / "password_words.yml", FOLDER / "common_passwords.txt"
#: Characters that follow from nothing; a run's least; the longest piece that is looked for.
FRESH: Final = 5
RUN: Final = 3
LONGEST_PIECE: Final = 40
#: Signs that stand for a letter.
LETTERS = str.maketrans("013457@$!", "oieastasi")
NUMBER = re.compile(
    r"(19|20)\d\d|((19|20)?\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|1[3-9]\d{9}|\d{17}[\dx]"
)


def guessable(password: str, name: str = "") -> bool:
    """Whether it is among what is tried first. `name`: the account's, which is a piece too."""
    said = normalize("NFKC", password).casefold()
    return _fresh(said, _words() | {name.casefold()}, _runs()) < FRESH


def _fresh(said: str, words: frozenset[str], runs: str) -> int:
    """The fewest characters that no pieces side by side cover."""
    read = said.translate(LETTERS)
    left = [0]
    for end in range(1, len(said) + 1):
        least = left[end - 1] + 1
        for begin in range(max(0, end - LONGEST_PIECE), end):
            if left[begin] < least and _is_piece(said, read, begin, end, words, runs):
                least = left[begin]
        left.append(least)
    return left[-1]


def _is_piece(said: str, read: str, begin: int, end: int, words: frozenset[str], runs: str) -> bool:
    piece, size = said[begin:end], end - begin
    return (
        piece in words
        or read[begin:end] in words
        or (size >= RUN and piece in runs)
        or (size <= begin and piece == said[begin - size : begin])  # said again
        or NUMBER.fullmatch(piece) is not None
    )


@cache
def _runs() -> str:
    """All lines, each forwards and backwards, with a blank between."""
    lines: list[str] = _listed()["runs"]
    return " ".join(chain(lines, (one[::-1] for one in lines)))


@cache
def _words() -> frozenset[str]:
    from pypinyin import lazy_pinyin  # 53 MB that no sync needs

    listed = _listed()
    places = chain.from_iterable((one.name, *one.also_called) for one in divisions.load().values())
    names = set(chain.from_iterable((one, one[:-1]) for one in places if len(one) > 2))
    spelt = {"".join(lazy_pinyin(one)) for one in names}
    lines = COMMON.read_text("utf-8").splitlines()
    common = {one for one in lines if not one.startswith("# ")}
    return frozenset({*listed["ours"], *listed["common"], *names, *spelt, *common})


@cache
def _listed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(WORDS.read_text("utf-8"))
    return {kind: [str(one) for one in words] for kind, words in found.items()}
