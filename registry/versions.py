"""Versions of a contract: what was in force when, and what two of them differ in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kernel.errors import BadInput
from registry.tables import system_version

#: Keys that change what a stored row means, or which rows there are.
FULL_READ = re.compile(
    r"streams\.[^.]+(\.(key|deletes|mode|path|cursor|dates|times|kind|fields|always|details)\b|$)"
)


@dataclass(frozen=True)
class Version:
    """One version of a system's contract. `gone`: the system was taken out."""

    number: int
    digest: str
    by: str
    at: datetime
    gone: bool
    contract: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One key that differs; None where it is not there. `full_read`: rows must be read anew."""

    path: str
    old: str | None
    new: str | None
    full_read: bool

    def __str__(self) -> str:
        said = f"{self.path}: {self.old or '(none)'} -> {self.new or '(none)'}"
        return f"{said}  [needs a full read]" if self.full_read else said


def versions(conn: Connection, code: str) -> list[Version]:
    """All versions, the newest first. Raises BadInput when the system was never applied."""
    t = system_version
    rows = conn.execute(select(t).where(t.c.system == code).order_by(t.c.version.desc())).all()
    if not rows:
        raise BadInput(f"no version of {code}: it was never applied")
    return [
        Version(r.version, r.digest, r.by, r.applied_at, "gone" in r.contract, r.contract)
        for r in rows
    ]


def of_number(found: list[Version], code: str, number: int) -> Version:
    """One of them. Raises BadInput naming those that are there."""
    for one in found:
        if one.number == number:
            return one
    raise BadInput(
        f"{code} has no version {number}; there are {found[-1].number}-{found[0].number}"
    )


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What differs, by key path, sorted as the contract has its keys."""
    before, after = dict(_flat(old)), dict(_flat(new))
    paths = [*before, *(path for path in after if path not in before)]
    return [
        Difference(path, before.get(path), after.get(path), bool(FULL_READ.match(path)))
        for path in paths
        if before.get(path) != after.get(path)
    ]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(key path, value in words); a field's column stands at the field itself."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            is_column = name == "column" and ".fields." in path
            below = path if is_column else f"{path}.{name}" if path else str(name)
            yield from _flat(one, below)
    elif isinstance(value, list):
        yield path, "[" + ", ".join(str(one) for one in value) + "]"
    elif value is not None:
        yield path, str(value)
