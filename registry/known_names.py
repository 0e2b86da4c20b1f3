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
    return stream.meanings("type") if stream.kind == "licence" else []


def _types(stream: Stream) -> Iterator[Problem]:
    known, field = licence_types.load(), stream.fields.get("type")
    values = (field.values or {}) if field else {}
    named: list[tuple[tuple[str, ...], str]] = [
        (("fields", "type", "values", said), means) for said, means in values.items()
    ]
    if "type" in stream.always:
        named.append((("always", "type"), stream.always["type"]))
    for path, means in named:
        if means not in known:
            text = f"{means} is not a licence type of registry/licence_types.yml"
            yield Problem(("streams", stream.name, *path), text + _near(means, known))


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
