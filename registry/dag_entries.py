"""What the DAG files need of the registry. Standard library only: it is read at every parse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict


class DagEntry(TypedDict):
    """One system. `mode`: copies | lookup (asked live, nothing to land) | push (sends itself).

    `schedule`: a cron string or None. `produces`: kinds of record, sorted.
    """

    code: str
    name: str
    schedule: str | None
    mode: str
    produces: list[str]


def dag_entries(home: Path) -> list[DagEntry]:
    """The systems as applied, sorted by code; [] where nothing was applied yet."""
    try:
        systems = json.loads((home / "registry.json").read_bytes())["systems"]
    except FileNotFoundError:
        return []
    entries: list[DagEntry] = []
    for code in sorted(systems):
        system = systems[code]
        streams = system["streams"].values()
        modes = {stream["mode"] for stream in streams}
        entries.append(
            {
                "code": code,
                "name": system["name"],
                "schedule": system["schedule"],
                "mode": next((m for m in ("lookup", "push") if m in modes), "copies"),
                "produces": sorted({stream["kind"] for stream in streams}),
            }
        )
    return entries
