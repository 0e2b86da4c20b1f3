"""Strict reading of the registry's own lists: a YAML file of names, each with the same keys."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from registry.parts import Part
from registry.reading import Document, Problem
from registry.sentences import problems_of

HERE = Path(__file__).parent


class Named(Part):
    """One entry of a list. `name` is its key in the file."""

    name: str


Entry = TypeVar("Entry", bound=Named)


def load_named(file: Path, model: type[Entry]) -> dict[str, Entry]:
    """The entries by name, in the order of the file. Raises BadContract with every problem."""
    document = Document(file, frozenset({"int", "null"})).read()
    problems, entries = list(document.problems), {}
    document.refuse(problems)
    for name, keys in document.data.items():
        if not isinstance(keys, dict):
            problems.append(Problem((name,), "keys and values are meant here"))
            continue
        try:
            entries[name] = model.model_validate({**keys, "name": name})
        except ValidationError as error:
            problems += [Problem((name, *one.path), one.text) for one in problems_of(error, model)]
    document.refuse(problems)
    return entries
