"""Judges OpenLineage events by the published schemas: the event, and each facet by its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

FOLDER = Path(__file__).parent / "data" / "openlineage"
#: Formats that are checked; for times and addresses the standard library is strict enough.
CHECKED = FormatChecker(("uuid",))


def _time(value: object) -> bool:
    return datetime.fromisoformat(str(value)).tzinfo is not None


def _uri(value: object) -> bool:
    return bool(urlsplit(str(value)).scheme)


CHECKED.checks("date-time", raises=ValueError)(_time)
CHECKED.checks("uri")(_uri)


@cache
def _registry() -> Any:
    files = [FOLDER / "OpenLineage.json", *sorted((FOLDER / "facets").glob("*.json"))]
    schemas = [json.loads(file.read_text("utf-8")) for file in files]
    return Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)


def wrong(event: dict[str, Any]) -> list[str]:
    """What is wrong with an event, by place; empty where it is valid."""
    found = _errors(event["schemaURL"], event, "")
    for place, facet in facets(event):
        found += _errors(facet["_schemaURL"], facet, place)
    return found


def _errors(url: str, value: Any, place: str) -> list[str]:
    checker = Draft202012Validator({"$ref": url}, registry=_registry(), format_checker=CHECKED)
    return [f"{place}{one.json_path}: {one.message}" for one in checker.iter_errors(value)]


def facets(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every facet of an event, with its place."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from facets(one, f"{place}[{number}]")
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in ("facets", "inputFacets", "outputFacets"):
                yield from ((f"{place}.{name}.{key}", facet) for key, facet in one.items())
            else:
                yield from facets(one, f"{place}.{name}")
