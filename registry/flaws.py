"""The strict check's sentences taken apart: which key of the contract is wrong, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?P<file>\S+), line (?P<line>\d+)(?:, (?P<path>.+?))?: (?P<text>.+)")


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong. `path`: keys from the top, joined by dots; "" for the whole."""

    path: str
    text: str
    line: int


def flaws(message: str) -> list[Flaw]:
    """Each line of a BadContract's message."""
    return [_flaw(line) for line in message.splitlines()]


def _flaw(line: str) -> Flaw:
    found = _SENTENCE.fullmatch(line)
    if found is None:
        return Flaw("", line, 0)
    return Flaw(found["path"] or "", found["text"], int(found["line"]))
