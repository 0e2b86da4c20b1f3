"""A contract that is made on the pages, step by step: plain data, as its YAML would say it.

What a person leaves empty is left out, so that the strict check names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

import yaml

from registry.asyaml import as_yaml
from registry.contract import System

Said = dict[str, Any]
#: A form's rhythm that is read once an hour; any other once a day.
_OFTEN: Final = ("realtime", "hourly")
#: The keys of a contract in the order of docs/contract.md.
ORDER: Final = (
    "code", "name", "department", "level", "contact", "schedule", "quota", "hours",
    "maintenance", "transport", "streams",
)  # fmt: skip


def of_contract(system: System) -> Said:
    """A contract in force, to be changed."""
    found: Said = yaml.safe_load(as_yaml(system))
    return found


def of_form(code: str, filled: Mapping[str, Any]) -> Said:
    """What the officer's form says of the system itself."""
    minute, often = crc32(code.encode()) % 60, filled.get("changes") in _OFTEN
    said = {name: filled.get(name) for name in ("name", "department", "level", "contact")}
    schedule = f"{minute} * * * *" if often else f"{minute} 2 * * *"
    return ordered({"code": code, **bare(said), "schedule": schedule, "streams": {}})


def grants(filled: Mapping[str, Any]) -> Said:
    """What the form says of each of its streams."""
    document = bare({"document": filled.get("letter"), "until": filled.get("until")})
    names = ("share", "basis", "complete_since")
    return bare({name: filled.get(name) for name in names} | {"authorisation": document})


def with_streams(said: Said, found: Said, given: Said) -> Said:
    """The sketch with what was seen of the source: its transport and a stream a place.

    A stream that is there for the same path stays as a person left it. `found`: the draft's
    `transport` and `streams`; `given`: what the form says of each stream.
    """
    kept = {one["path"]: (name, one) for name, one in said.get("streams", {}).items()}
    streams: Said = {}
    for name, stream in found["streams"].items():
        old = kept.get(stream["path"])
        there = old[0] if old else _free(name, streams, kept)
        streams[there] = old[1] if old else given | stream
    return ordered({**said, "transport": _transport(said, found["transport"]), "streams": streams})


def _free(name: str, *taken: Mapping[str, Any]) -> str:
    names = {*taken[0], *(one[0] for one in taken[1].values())}
    tried = [name, *(f"{name}_{n}" for n in range(2, 100))]
    return next(one for one in tried if one not in names)


def _transport(said: Said, found: Said) -> Said:
    """What was found; what only a person says stays, where the source is of the same kind."""
    before = said.get("transport", {})
    return {**before, **found} if before.get("kind") == found["kind"] else dict(found)


def ordered(said: Said) -> Said:
    """Its keys in the order of the documentation; unknown ones, which the check names, last."""
    return {key: said[key] for key in (*ORDER, *said) if key in said}


def bare(said: Mapping[str, Any]) -> Said:
    """Without what is empty."""
    return {name: value for name, value in said.items() if value not in ("", None, [], {})}
