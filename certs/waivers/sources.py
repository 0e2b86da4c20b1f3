"""Which systems give which licence types, as the applied registry says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from registry import applied


@dataclass(frozen=True)
class Source:
    """One stream that gives licences."""

    system: str
    stream: str
    system_name: str
    department: str
    types: frozenset[str]
    complete_since: date
    lookup: bool  # asked live, for one case; no copies
    longest_age_hours: int
    granted_until: date  # the last day of the authorisation to read it
    share: Literal["unconditional", "conditional", "none"]


def sources(home: Path) -> tuple[Source, ...]:
    """Every licence stream of the applied registry. Raises PersonMustAct when none was applied."""
    file = home / "registry.json"
    stamp = file.stat().st_mtime_ns if file.is_file() else 0
    return _read(home, stamp)


def of_type(home: Path, licence_type: str) -> list[Source]:
    """The streams that give a type; copies first, since they answer at once."""
    found = [one for one in sources(home) if licence_type in one.types]
    return sorted(found, key=lambda one: (one.lookup, one.system, one.stream))


def by_stream(home: Path, system: str, stream: str) -> Source | None:
    """The stream of that name; None when it gives no licences."""
    return next(
        (one for one in sources(home) if (one.system, one.stream) == (system, stream)), None
    )


@lru_cache(maxsize=4)
def _read(home: Path, stamp: int) -> tuple[Source, ...]:  # noqa: ARG001  # a new file, a new entry
    return tuple(
        Source(
            system=system.code,
            stream=stream.name,
            system_name=system.name,
            department=system.department,
            types=frozenset(stream.meanings("type")),
            complete_since=stream.complete_since_date,
            lookup=stream.mode == "lookup",
            longest_age_hours=stream.longest_age_hours,
            granted_until=stream.authorisation.until_date,
            share=stream.share,
        )
        for system in applied.read(home).values()
        for stream in system.streams.values()
        if stream.kind == "licence"
    )
