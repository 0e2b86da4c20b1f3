"""The written table of rights, `grants.yml`, laid over the tables that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import yaml

from kernel.duties import DUTIES, Duty

FILE: Final = Path(__file__).with_name("grants.yml")
VERBS: Final = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


@dataclass(frozen=True)
class Grant:
    """What a role may do to one table. `columns`: the only ones that it may select; empty: all."""

    verbs: str
    columns: tuple[str, ...] = ()


def grants(tables: Sequence[str]) -> dict[Duty, dict[str, Grant]]:
    """For each role the tables (`schema.name`) that it may touch, and how."""
    said = yaml.safe_load(FILE.read_text("utf-8"))
    return {duty: _of(said[duty], tables) for duty in DUTIES}


def patterns() -> list[str]:
    """Every table or pattern that the file names."""
    said = yaml.safe_load(FILE.read_text("utf-8"))
    return sorted({pattern for lines in said.values() for pattern in lines})


def _of(lines: Mapping[str, object], tables: Sequence[str]) -> dict[str, Grant]:
    found: dict[str, Grant] = {}
    for pattern, what in lines.items():
        grant = Grant("S", tuple(what["S"])) if isinstance(what, dict) else Grant(str(what))
        found |= {name: grant for name in tables if fnmatchcase(name, pattern)}
    return found
