"""What connectors, checks and runs say in English, told in Chinese; the original stays too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from portal.words import in_english, say

#: A line each: a pattern of the whole sentence, a tab, its Chinese with the pattern's named groups.
FILE: Final = Path(__file__).with_name("sentences.tsv")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Told:
    """A sentence in the reader's language, and the original where it is another one, else ""."""

    text: str
    original: str


def told(message: str) -> Told:
    """The sentence as the reader reads it. What no pattern knows is named as such."""
    if not message or in_english():
        return Told(message, "")
    known = _known(message)
    if known is not None:
        return Told(known, message)
    if len(_CHINESE.findall(message)) * 2 > len(message.split()):
        return Told(message, "")  # our own sentence for users
    return Told(say("original.unknown"), message)


def is_known(message: str) -> bool:
    """Whether a sentence has its Chinese."""
    return _known(message) is not None


def _known(message: str) -> str | None:
    whole = _one(message)
    if whole is not None or "; " not in message:
        return whole
    parts = [_one(part) for part in message.split("; ")]  # several reasons of one row
    return "；".join(filter(None, parts)) if all(parts) else None


def _one(message: str) -> str | None:
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(message)
        if found is not None:
            return chinese.format(**{name: text or "" for name, text in found.groupdict().items()})
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    lines = (one for one in FILE.read_text("utf-8").splitlines() if not one.startswith("#"))
    pairs = (one.split("\t") for one in lines)
    return tuple((re.compile(pattern, re.DOTALL), chinese) for pattern, chinese in pairs)
