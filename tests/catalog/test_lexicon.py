"""The lexicon is data that a person reviews: it must say each thing once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.items import lexicon as items
from catalog.items.words import ACTS
from catalog.materials import lexicon as materials
from kernel.errors import BadInput

FILES = {"items": items.FILE, "materials": materials.FILE, "documents": materials.DOCUMENTS}


def words_of(section: str, key: str) -> list[str]:
    data = yaml.safe_load(FILES[section].read_text("utf-8"))[key]
    return [word for words in data.values() for word in words]


def keys_of(node: yaml.Node) -> list[list[Any]]:
    """The keys of every mapping below a node."""
    if isinstance(node, yaml.MappingNode):
        own = [key.value for key, _ in node.value]
        return [own, *(keys for _, value in node.value for keys in keys_of(value))]
    if isinstance(node, yaml.SequenceNode):
        return [keys for value in node.value for keys in keys_of(value)]
    return []


@pytest.mark.parametrize("section", FILES)
def test_no_key_stands_twice(section: str) -> None:
    node = yaml.compose(FILES[section].read_text("utf-8"))
    assert node is not None
    assert [keys for keys in keys_of(node) if len(keys) != len(set(keys))] == []


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("items", "acts"),
        ("materials", "roles"),
        ("materials", "weak_roles"),
        ("documents", "kinds"),
        ("documents", "names"),
        ("materials", "forms"),
    ],
)
def test_a_word_has_one_meaning(section: str, key: str) -> None:
    words = words_of(section, key)
    assert sorted(words) == sorted(set(words))


def test_every_act_has_a_word_for_people() -> None:
    acts = {act for found in items.load().act_of.values() for act in found}
    assert acts <= set(ACTS)


def test_an_unknown_or_missing_key_is_named(tmp_path: Path) -> None:
    text = items.FILE.read_text("utf-8")
    more, less = tmp_path / "more.yml", tmp_path / "less.yml"
    more.write_text(text + "colour: [红]\n", "utf-8")
    less.write_text(text.replace("grant_tails:", "grant_tail:"), "utf-8")
    with pytest.raises(BadInput, match="unknown key colour"):
        items.load(more)
    with pytest.raises(BadInput, match="'grant_tails' is missing"):
        items.load(less)
