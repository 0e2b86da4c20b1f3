"""What the DAG files need of the registry. Light to import: it is read at every parse."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple


class DagEntry(NamedTuple):
    """One system. `mode`: copies | lookup (asked live, nothing lands) | push (sends itself).

    `schedule`: a cron string or None. `produces`: the kinds of record that land, sorted; [] for a
    look-up.
    """

    code: str
    name: str
    schedule: str | None
    mode: str
    produces: list[str]


def home_folder() -> Path:
    """The state folder: ZHONGTAI_HOME, else `var` in the current folder."""
    return Path(os.environ.get("ZHONGTAI_HOME", "var")).resolve()


def dag_entries(home: Path) -> list[DagEntry]:
    """The systems as applied, sorted by code; [] where nothing was applied yet."""
    try:
        systems = json.loads((home / "registry.json").read_bytes())["systems"]
    except FileNotFoundError:
        return []
    entries = []
    for code, system in sorted(systems.items()):
        streams = system["streams"].values()
        modes = {stream["mode"] for stream in streams}
        mode = next((one for one in ("lookup", "push") if one in modes), "copies")
        produces = {stream["kind"] for stream in streams if stream["mode"] != "lookup"}
        entries.append(DagEntry(code, system["name"], system["schedule"], mode, sorted(produces)))
    return entries
