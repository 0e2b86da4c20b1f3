"""A contract as the text of its YAML file: what `load_system` reads back is the same contract."""

from __future__ import annotations

from typing import Any

import yaml

from registry.contract import System

WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """Indents lists, quotes what YAML would turn into something else."""


class _Short(dict[str, Any]):
    """A mapping that stands on one line."""


_Dumper.add_representer(
    _Short, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, True)
)


def as_yaml(system: System) -> str:
    """The file's text. Keys in the order of docs/contract.md; what is left out stays out."""
    data = system.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    if system.schedule is None:
        data = _after(data, "contact", "schedule", "none")
    for stream in data["streams"].values():
        stream.pop("name")
        stream["fields"] = {name: _field(said) for name, said in stream["fields"].items()}
    text: str = yaml.dump(
        _shortened(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH
    )
    return text


def _field(said: dict[str, Any]) -> Any:
    return said["column"] if set(said) == {"column"} else said


def _after(data: dict[str, Any], before: str, key: str, value: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, one in data.items():
        made[name] = one
        if name == before:
            made[key] = value
    return made


def _shortened(value: Any) -> Any:
    """Mappings and lists that hold only plain values stand on one line, as people write them."""
    if isinstance(value, dict):
        inner = {name: _shortened(one) for name, one in value.items()}
        plain = all(not isinstance(one, dict | list) for one in value.values())
        return _Short(inner) if plain and len(str(inner)) < WIDTH else inner
    if isinstance(value, list):
        return _List(value)
    return value


class _List(list[Any]):
    """A list on one line."""


_Dumper.add_representer(
    _List, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, True)
)
