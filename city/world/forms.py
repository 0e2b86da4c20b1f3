"""What the forms of the items ask: city/data/forms.yml. The departments give them as a table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from city.world.catalogue import Canonical, make_canonical


@cache
def load_rules() -> dict[str, Any]:
    """The rules as they stand in the file."""
    text = (files("city") / "data" / "forms.yml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.CSafeLoader))


def forms() -> list[dict[str, str]]:
    """A row a field: item_id, name, type, required (是 or 否), in the order of the forms."""
    rules = load_rules()
    return [row for one in make_canonical() for row in _form(rules, one)]


def _form(rules: dict[str, Any], one: Canonical) -> Iterable[dict[str, str]]:
    if one.task_type not in rules["types"]:
        return
    called = rules["called"].get(one.prefix, {})
    said = list(rules["common"][one.subject])
    for rule in rules["rules"]:
        if any(word in one.name for word in rule["words"].split()):
            said += rule["fields"]
    seen = set()
    for text in said:
        name, type_, required = (part.strip() for part in text.split("|"))
        name = called.get(name, name)
        if name not in seen:
            seen.add(name)
            yield {"item_id": one.code, "name": name, "type": type_, "required": required}
