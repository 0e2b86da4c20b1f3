"""Reads the systems' YAML files: strictly, and with all problems of a file at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kernel.errors import BadContract
from registry import known_names, rules
from registry.contract import System
from registry.reading import Document, Problem
from registry.sentences import problems_of


def load_system(file: Path) -> System:
    """One system's contract. Raises BadContract: one sentence a problem, one problem a line."""
    document = Document(file, truths=("transport", "config")).read()
    document.refuse(document.problems)
    document.refuse(_shape(document.data))
    try:
        system = System.model_validate(document.data)
    except ValidationError as error:
        document.refuse(problems_of(error, System))
        raise
    document.refuse(rules.problems(system, file.stem) or known_names.problems(system))
    return system


def load_folder(folder: Path) -> dict[str, System]:
    """Every `*.yml` of a folder by its code, sorted. Raises BadContract: all files' problems."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise BadContract(f"{folder} holds no system: put one file <code>.yml a system there")
    systems, wrong = {}, []
    for file in files:
        try:
            system = load_system(file)
        except BadContract as error:
            wrong.append(error.message)
        else:
            systems[system.code] = system
    if wrong:
        raise BadContract("\n".join(wrong))
    return systems


def _shape(data: dict[str, Any]) -> list[Problem]:
    """Bring the short forms to the long ones in place; say what cannot be."""
    if data.get("schedule") == "none":
        data["schedule"] = None
    found: list[Problem] = []
    for name, stream in _mapping(data.get("streams")).items():
        if not isinstance(stream, dict):
            continue
        if "name" in stream:
            text = "this key is not known: a stream's name is its key under streams"
            found.append(Problem(("streams", name, "name"), text))
        stream["name"] = name
        fields = _mapping(stream.get("fields"))
        fields.update({key: {"column": said} for key, said in fields.items() if _is_text(said)})
    return found


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str)
