"""Word lists kept as data: read once, checked key by key, made ready for matching."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from kernel.errors import BadInput

T = TypeVar("T")


def read_words(file: Path, made: Callable[[dict[str, Any]], T], *more: object) -> tuple[T, str]:
    """What `made` takes out of the file's keys, and a digest of the file and of `more`.

    Raises BadInput naming the key that is missing or unknown.
    """
    raw = file.read_bytes()
    data: dict[str, Any] = dict(yaml.load(raw, yaml.CSafeLoader))
    try:
        words = made(data)
    except KeyError as missing:
        raise BadInput(f"{file}: the key {missing} is missing") from None
    if data:
        raise BadInput(f"{file}: unknown key {next(iter(data))}")
    return words, hashlib.sha256(raw + repr(more).encode()).hexdigest()


def longest_first(words: Iterable[str]) -> tuple[str, ...]:
    """Words without repeats, longer before shorter, then by character."""
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))


def any_of(words: Iterable[str]) -> str:
    """A pattern that finds any of the words, the longest that fits."""
    return "|".join(re.escape(word) for word in longest_first(words))


def pairs(groups: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """(word, group) of `{group: words}`, longest word first."""
    group_of = {word: group for group, words in groups.items() for word in words}
    return tuple((word, group_of[word]) for word in longest_first(group_of))
