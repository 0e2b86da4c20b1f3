"""The lexicon (`lexicon.yml`), read once and made ready for matching; code holds no wording."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kernel.errors import BadInput
from registry import divisions

FILE = Path(__file__).with_name("lexicon.yml")


@dataclass(frozen=True)
class ItemWords:
    """What `parse` needs to know about item names. Tuples of words are longest first."""

    places: tuple[str, ...]
    noise_bracket: re.Pattern[str]
    noise_beginnings: tuple[str, ...]
    noise_tails: tuple[str, ...]
    scope_beginnings: tuple[str, ...]
    act_of: dict[str, frozenset[str]]
    act: re.Pattern[str]
    grant_tails: tuple[str, ...]
    family_tails: tuple[str, ...]
    synonyms: dict[str, str]
    empty_words: tuple[str, ...]
    empty_beginnings: tuple[str, ...]
    contrasts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class MaterialWords:
    """What `materials` needs to know. Tuples of words are longest first."""

    forms: tuple[tuple[str, str], ...]  # (word, form)
    noise_brackets: frozenset[str]
    heads: tuple[str, ...]
    weak_heads: tuple[str, ...]
    tails: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]  # (word, role)
    role_names: dict[str, str]
    not_roles: tuple[str, ...]
    family_roles: frozenset[str]
    explaining: tuple[str, ...]
    not_documents: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]  # (ending, kind)
    own_making: tuple[str, ...]
    synonyms: dict[str, str]
    joints_all: tuple[str, ...]
    joints_any: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Both word lists and the digest of the file they come from."""

    items: ItemWords
    materials: MaterialWords
    digest: str


@cache
def load(file: Path = FILE) -> Lexicon:
    """Read the lexicon. Raises BadInput naming the key that is missing or unknown."""
    raw = file.read_bytes()
    data: dict[str, Any] = yaml.load(raw, yaml.CSafeLoader)
    items, materials = dict(data["items"]), dict(data["materials"])
    try:
        lexicon = Lexicon(
            _item_words(items),
            _material_words(materials),
            hashlib.sha256(raw + repr(_divisions()).encode()).hexdigest(),
        )
    except KeyError as missing:
        raise BadInput(f"{file}: the key {missing} is missing") from None
    if left := [*items, *materials]:
        raise BadInput(f"{file}: unknown key {left[0]}")
    return lexicon


def longest_first(words: Iterable[str]) -> tuple[str, ...]:
    """Words without repeats, longer before shorter, then by character."""
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in longest_first(words))


def _divisions() -> list[str]:
    """Names of the city and its divisions, past and present; `赣州` alone is in too many names."""
    found = divisions.load().values()
    names = [name for one in found for name in (one.name, *one.also_called)]
    return [name for name in names if len(name) > 2 or name.endswith(("县", "区", "市"))]


def _pairs(groups: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """(word, group) of `{group: words}`, longest word first."""
    group_of = {word: group for group, words in groups.items() for word in words}
    return tuple((word, group_of[word]) for word in longest_first(group_of))


def _item_words(data: dict[str, Any]) -> ItemWords:
    acts: dict[str, list[str]] = data.pop("acts")
    act_of = {word: frozenset(act.split("+")) for act, words in acts.items() for word in words}
    pieces = _any_of([*data.pop("noise_pieces"), *data.pop("noise_joints")])
    not_acts = _any_of(data.pop("not_acts"))
    return ItemWords(
        places=longest_first([*data.pop("places"), *_divisions()]),
        noise_bracket=re.compile(f"(?:{pieces})*"),
        noise_beginnings=longest_first(data.pop("noise_beginnings")),
        noise_tails=longest_first(data.pop("noise_tails")),
        scope_beginnings=longest_first(data.pop("scope_beginnings")),
        act_of=act_of,
        act=re.compile(f"(?P<none>{not_acts})|(?P<act>{_any_of(act_of)})"),
        grant_tails=longest_first(data.pop("grant_tails")),
        family_tails=longest_first(data.pop("family_tails")),
        synonyms=data.pop("synonyms"),
        empty_words=longest_first(data.pop("empty_words")),
        empty_beginnings=longest_first(data.pop("empty_beginnings")),
        contrasts=tuple(longest_first(line) for line in data.pop("contrasts")),
    )


def _material_words(data: dict[str, Any]) -> MaterialWords:
    return MaterialWords(
        forms=_pairs(data.pop("forms")),
        noise_brackets=frozenset(data.pop("noise_brackets")),
        heads=longest_first(data.pop("heads")),
        weak_heads=longest_first(data.pop("weak_heads")),
        tails=longest_first(data.pop("tails")),
        roles=_pairs(data.pop("roles")),
        role_names=data.pop("role_names"),
        not_roles=longest_first(data.pop("not_roles")),
        family_roles=frozenset(data.pop("family_roles")),
        explaining=longest_first(data.pop("explaining")),
        not_documents=longest_first(data.pop("not_documents")),
        kinds=_pairs(data.pop("kinds")),
        own_making=longest_first(data.pop("own_making")),
        synonyms=data.pop("synonyms"),
        joints_all=longest_first(data.pop("joints_all")),
        joints_any=longest_first(data.pop("joints_any")),
    )
