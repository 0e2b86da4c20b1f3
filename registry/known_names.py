"""Rules of a contract that look at the registry's lists: departments and licence types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from registry import departments, licence_types
from registry.contract import Stream, System
from registry.reading import Problem


def problems(system: System) -> list[Problem]:
    """Names of departments, licence types and detail fields that the registry does not know."""
    found = []
    if system.department not in departments.load():
        text = f"{system.department} is not a department of registry/departments.yml"
        found.append(Problem(("department",), text + _near(system.department, departments.load())))
    for stream in system.streams.values():
        if stream.kind == "licence":
            found += [*_types(stream), *_details(stream)]
    return found


def types_of(stream: Stream) -> list[str]:
    """The licence types that a stream gives, in the order of its YAML; [] for other kinds."""
    field = stream.fields.get("type") if stream.kind == "licence" else None
    return list(dict.fromkeys((field.values or {}).values())) if field else []


def _types(stream: Stream) -> Iterator[Problem]:
    known, field = licence_types.load(), stream.fields["type"]
    for said, means in (field.values or {}).items():
        if means not in known:
            text = f"{means} is not a licence type of registry/licence_types.yml"
            path = ("streams", stream.name, "fields", "type", "values", said)
            yield Problem(path, text + _near(means, known))


def _details(stream: Stream) -> Iterator[Problem]:
    known = licence_types.load()
    names = {f for name in types_of(stream) if name in known for f in known[name].fields}
    for name in stream.details:
        if name not in names:
            text = "no type of this stream has such a field in registry/licence_types.yml"
            yield Problem(("streams", stream.name, "details", name), text + _near(name, names))


def _near(said: str, names: Iterable[str]) -> str:
    near = get_close_matches(said, list(names), 1, 0.5)
    return f" (did you mean {near[0]}?)" if near else ""
