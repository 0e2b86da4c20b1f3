"""Reads the docs: fenced blocks, commands as typed, and what is said to come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("README*.md"), ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Typed:
    """A command of a console block, and the lines that the page shows after it."""

    command: str
    shown: tuple[str, ...]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return [body for name, body in FENCE.findall(text) if name == language]


def typed(text: str) -> Iterator[Typed]:
    """The commands of the console blocks, in order: lines that begin with `$ `."""
    for body in blocks(text, "console"):
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield Typed(command, tuple(line for line in shown if line.strip()))


def without_blocks(text: str) -> str:
    """The page's running text."""
    return FENCE.sub("", text)


def agrees(shown: str, printed: str) -> bool:
    """Whether a printed line is as shown; `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch(pattern.strip(), printed.strip()) is not None
