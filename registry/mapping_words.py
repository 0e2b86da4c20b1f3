"""Reads `mapping_words.yml`: every way of saying a field, with its pinyin and initials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pypinyin import lazy_pinyin

from registry.fields import FIELDS, Kind

FILE = Path(__file__).with_name("mapping_words.yml")
_MARKS = re.compile(r"[\s_\-./]+")


@dataclass(frozen=True)
class Said:
    """What is said of one field: comments that mean it, weaker ones, and column names.

    Names are small letters without marks. `like`: what a comment that means it may end in,
    after a word that is not known. `short`: initials of pinyin, which are the weakest.
    `weak_pinyin`, `weak_short`: the same of the weaker comments.
    """

    says: frozenset[str]
    weak: frozenset[str]
    like: frozenset[str]
    names: frozenset[str]
    name_ends: tuple[str, ...]
    pinyin: frozenset[str]
    short: frozenset[str]
    weak_pinyin: frozenset[str]
    weak_short: frozenset[str]


@dataclass(frozen=True)
class Words:
    """The whole list. `never` and `ends`: parts of comments of columns that are no field.

    `persons`: a person's `name`, a firm's `firm_number` and `firm_name` in a table of persons.
    """

    kinds: Mapping[Kind, tuple[frozenset[str], frozenset[str]]]
    never: frozenset[str]
    never_tables: frozenset[str]
    ends: tuple[str, ...]
    never_names: frozenset[str]
    persons: Mapping[str, frozenset[str]]
    fields: Mapping[Kind, Mapping[str, Said]]


def plain(name: str) -> str:
    """A column's name in small letters and without marks."""
    return _MARKS.sub("", name).lower()


@cache
def words() -> Words:
    """The list, read once. Raises KeyError when a kind or a field of it is not a standard one."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    never = found["never"]
    return Words(
        kinds={
            kind: (
                frozenset(found["kinds"][kind]["says"]),
                frozenset(found["kinds"][kind]["names"]),
            )
            for kind in FIELDS
        },
        never=frozenset(never["says"]),
        never_tables=frozenset(never["tables"]),
        ends=tuple(never["ends"]),
        never_names=frozenset(never["names"]),
        persons={name: frozenset(_all(lines)) for name, lines in found["persons"].items()},
        fields={
            kind: {name: _said(found["fields"][kind][name]) for name in FIELDS[kind]}
            for kind in FIELDS
        },
    )


def _said(one: Mapping[str, list[str]]) -> Said:
    says = frozenset(_all(one["says"]))
    weak = frozenset(_all(one.get("weak", []))) - says
    pinyin, short = _spelt(says)
    weak_pinyin, weak_short = _spelt(weak)
    return Said(
        says=says,
        weak=weak,
        like=frozenset(_all(one.get("like", []))),
        names=frozenset(plain(name) for name in _all(one["names"])),
        name_ends=tuple(sorted(_all(one.get("name_ends", [])))),
        pinyin=pinyin,
        short=short,
        weak_pinyin=weak_pinyin - pinyin,
        weak_short=weak_short - short,
    )


def _spelt(texts: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The pinyin of some texts, and its initials."""
    syllables = [lazy_pinyin(text) for text in texts]
    whole = frozenset("".join(parts) for parts in syllables)
    return whole, frozenset("".join(part[0] for part in parts) for parts in syllables)


def _all(lines: list[str]) -> Iterator[str]:
    """Every way that the lines say: parts by spaces, choices by bars, ~ for nothing."""
    for line in lines:
        choices = [part.split("|") for part in line.split(" ")]
        for chosen in product(*choices):
            text = "".join(one for one in chosen if one != "~")
            if text:
                yield text
