"""The material lexicon (`lexicon.yml`), read once and made ready; code holds no wording."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from catalog.wordlists import longest_first, pairs, read_words

FILE = Path(__file__).with_name("lexicon.yml")


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
    digest: str = ""


@cache
def load(file: Path = FILE) -> MaterialWords:
    """Read the lexicon. Raises BadInput naming the key that is missing or unknown."""
    words, digest = read_words(file, _material_words)
    return replace(words, digest=digest)


def _material_words(data: dict[str, Any]) -> MaterialWords:
    return MaterialWords(
        forms=pairs(data.pop("forms")),
        noise_brackets=frozenset(data.pop("noise_brackets")),
        heads=longest_first(data.pop("heads")),
        weak_heads=longest_first(data.pop("weak_heads")),
        tails=longest_first(data.pop("tails")),
        roles=pairs(
            {
                role: [unicodedata.normalize("NFKC", word) for word in words]
                for role, words in data.pop("roles").items()
            }
        ),
        role_names=data.pop("role_names"),
        not_roles=longest_first(data.pop("not_roles")),
        family_roles=frozenset(data.pop("family_roles")),
        explaining=longest_first(data.pop("explaining")),
        not_documents=longest_first(data.pop("not_documents")),
        kinds=pairs(data.pop("kinds")),
        own_making=longest_first(data.pop("own_making")),
        synonyms=data.pop("synonyms"),
        joints_all=longest_first(data.pop("joints_all")),
        joints_any=longest_first(data.pop("joints_any")),
    )
