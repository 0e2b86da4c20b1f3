"""The item lexicon (`lexicon.yml`), read once and made ready; code holds no wording."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from catalog.wordlists import any_of, longest_first, read_words
from registry import divisions

FILE = Path(__file__).with_name("lexicon.yml")


@dataclass(frozen=True)
class ItemWords:
    """What `parse` needs to know about item names. Tuples of words are longest first."""

    place: re.Pattern[str]  # at the beginning
    noise_bracket: re.Pattern[str]
    noise_beginnings: tuple[str, ...]
    noise_tail: re.Pattern[str]  # at the end, behind a dash
    scope_beginnings: tuple[str, ...]
    act_of: dict[str, frozenset[str]]
    act: re.Pattern[str]
    first_mark: re.Pattern[str]  # at the end
    not_acts: tuple[str, ...]
    grant_tails: tuple[str, ...]
    family_tails: tuple[str, ...]
    synonyms: dict[str, str]
    empty_words: tuple[str, ...]
    empty_beginnings: tuple[str, ...]
    contrasts: tuple[tuple[str, ...], ...]
    digest: str = ""  # of the file and the divisions


@cache
def load(file: Path = FILE) -> ItemWords:
    """Read the lexicon. Raises BadInput naming the key that is missing or unknown."""
    words, digest = read_words(file, _item_words, _divisions())
    return replace(words, digest=digest)


def _divisions() -> list[str]:
    """Names of the city and its divisions, past and present; `赣州` alone is in too many names."""
    found = divisions.load().values()
    names = [name for one in found for name in (one.name, *one.also_called)]
    return [name for name in names if len(name) > 2 or name.endswith(("县", "区", "市"))]


def _item_words(data: dict[str, Any]) -> ItemWords:
    acts: dict[str, list[str]] = data.pop("acts")
    act_of = {word: frozenset(act.split("+")) for act, words in acts.items() for word in words}
    short = [name[:-1] for name in _divisions() if len(name) == 3]  # (章贡): in a bracket only
    pieces = any_of([*data.pop("noise_pieces"), *data.pop("noise_joints"), *_divisions(), *short])
    not_acts = longest_first(data.pop("not_acts"))
    marks = any_of(data.pop("first_marks"))
    return ItemWords(
        place=re.compile(any_of([*data.pop("places"), *_divisions()])),
        noise_bracket=re.compile(f"(?:{pieces})*"),
        noise_beginnings=longest_first(data.pop("noise_beginnings")),
        noise_tail=re.compile(f"[-—](?:{any_of(data.pop('noise_tails'))})$"),
        scope_beginnings=longest_first(data.pop("scope_beginnings")),
        act_of=act_of,
        act=re.compile(f"(?P<none>{any_of(not_acts)})|(?P<act>{any_of(act_of)})"),
        first_mark=re.compile(rf"(?<![、,/或及和])(?:\((?:{marks})\)|(?:{marks}))$"),
        not_acts=not_acts,
        grant_tails=longest_first(data.pop("grant_tails")),
        family_tails=longest_first(data.pop("family_tails")),
        synonyms=data.pop("synonyms"),
        empty_words=longest_first(data.pop("empty_words")),
        empty_beginnings=longest_first(data.pop("empty_beginnings")),
        contrasts=tuple(longest_first(line) for line in data.pop("contrasts")),
    )
