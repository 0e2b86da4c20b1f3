"""Reading the structured log of an installation: the lines of a run, a batch, a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.logs import NAMES, folder_of

LEVELS = ("info", "warning", "error")
Line = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which lines: all that agree with what is given, from this level on, of the last days."""

    run: str | None = None
    system: str | None = None
    request: str | None = None
    level: str = "info"
    days: int = 7


def of_batch(batch: str) -> Wanted:
    """The lines of the run that landed a batch; a row names its batch. Raises BadInput."""
    parts = batch.split("/")
    if len(parts) != 4 or not all(parts):
        raise BadInput("a batch is SYSTEM/STREAM/RUN/NUMBER, as a row of the landing names it")
    return Wanted(run=parts[2], system=parts[0])


def read(home: Path, wanted: Wanted) -> Iterator[Line]:
    """The lines, the oldest first. A line that was cut off by a full disk is left out.

    Raises BadInput on a level that is none.
    """
    if wanted.level not in LEVELS:
        raise BadInput(f"no level {wanted.level}: allowed are {', '.join(LEVELS)}")
    levels = LEVELS[LEVELS.index(wanted.level) :]
    names = {name: getattr(wanted, name) for name in ("run", "system", "request")}
    given = {name: value for name, value in names.items() if value is not None}
    oldest = (datetime.now(UTC).date() - timedelta(days=wanted.days)).isoformat()
    for file in sorted(folder_of(home).glob("*.jsonl")):
        if file.stem < oldest:
            continue
        with file.open(encoding="utf-8", errors="replace") as lines:
            for raw in lines:
                line = _line(raw) if all(value in raw for value in given.values()) else None
                if line is None or line.get("level") not in levels:
                    continue
                if all(line.get(name) == value for name, value in given.items()):
                    yield line


def _line(raw: str) -> Line | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def said(line: Line) -> str:
    """A line for a person: the city's time, level, program, what it is about, words, figures."""
    at = datetime.fromisoformat(line["time"]).astimezone(CITY_TIME)
    about = [f"{name} {line[name]}" for name in NAMES if name in line]
    figures = [f"{name} {value:,}" for name, value in line.get("figures", {}).items()]
    tail = [*about, *figures, *line.get("places", [])]
    head = f"{at:%Y-%m-%d %H:%M:%S} {line['level']:<7} {line['program']:<7} {line['words']}"
    return head + (f"  ({', '.join(tail)})" if tail else "")
