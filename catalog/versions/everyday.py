"""What people call an item when they ask for it: a saying → words of the items' own names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from catalog.items.parse import normal_form
from catalog.wordlists import read_words

FILE = Path(__file__).with_name("everyday.yml")


@lru_cache(maxsize=1)
def sayings() -> Mapping[str, tuple[str, ...]]:
    """Saying → words, both in normal form. Raises BadInput where the file is not right."""
    return read_words(FILE, _made)[0]


def meant(asked: str) -> tuple[str, ...]:
    """The words that the longest saying in a question stands for; none where it holds none."""
    found = [saying for saying in sayings() if saying in asked]
    return sayings()[max(found, key=len)] if found else ()


def _made(data: dict[str, Any]) -> Mapping[str, tuple[str, ...]]:
    said = data.pop("sayings")
    return {normal_form(one): tuple(map(normal_form, words)) for one, words in said.items()}
