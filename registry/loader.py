"""Reads the systems' YAML files: strictly, and with all problems of a file at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kernel.errors import BadContract
from registry import rules
from registry.contract import System
from registry.reading import Document, Problem
from registry.sentences import problems_of


def load_system(file: Path) -> System:
    """One system's contract. Raises BadContract: one sentence a problem, one problem a line."""
    document = Document(file).read()
    document.refuse(document.problems)
    document.refuse(_shape(document.data))
    try:
        system = System.model_validate(document.data)
    except ValidationError as error:
        document.refuse(problems_of(error, System, document.data))
        raise
    document.refuse(rules.problems(system, file.stem))
    return system


def load_folder(folder: Path) -> dict[str, System]:
    """Every `*.yml` of a folder by its code, sorted. Raises BadContract with all files' problems."""
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
    streams = data.get("streams")
    found: list[Problem] = []
    for name, stream in streams.items() if isinstance(streams, dict) else ():
        if not isinstance(stream, dict):
            continue
        if "name" in stream:
            text = "this key is not known: a stream's name is its key under streams"
            found.append(Problem(("streams", name, "name"), text))
        stream["name"] = name
        fields = stream.get("fields")
        for field, said in fields.items() if isinstance(fields, dict) else ():
            if isinstance(said, str):
                fields[field] = {"column": said}
    return found
