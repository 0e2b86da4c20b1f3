"""The words of the pages: each key is said in one place."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

from portal import words
from portal.words import english


@pytest.mark.parametrize("house", [words, english])
def test_no_key_is_said_in_two_rooms(house: ModuleType) -> None:
    """They are one dictionary in the end: a second text would take the first one's place."""
    said: dict[str, str] = {}
    twice = []
    for room in pkgutil.iter_modules(house.__path__):
        if room.ispkg:
            continue
        for name, texts in vars(importlib.import_module(f"{house.__name__}.{room.name}")).items():
            if not name.isupper() or not isinstance(texts, dict):
                continue
            for key, text in texts.items():
                if isinstance(text, str) and said.setdefault(key, room.name) != room.name:
                    twice.append(f"{key}: {said[key]}, {room.name}")
    assert twice == []
    assert len(said) > 900


def test_english_stands_in_the_room_of_its_chinese() -> None:
    wrong = []
    for room in pkgutil.iter_modules(english.__path__):
        texts = vars(importlib.import_module(f"{english.__name__}.{room.name}"))[room.name.upper()]
        named = "portal.words" if room.name == "frame" else f"portal.words.{room.name}"
        there = {
            key
            for name, said in vars(importlib.import_module(named)).items()
            if name.isupper() and isinstance(said, dict)
            for key in said
        }
        wrong += [f"{room.name}: {key}" for key in texts if key not in there]
    assert wrong == []
