"""Forms as a department hands them in: a CSV, whole for each item in it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

from catalog.forms.fields import TYPES, plain
from kernel.errors import BadInput

COLUMNS = ("item_id", "name", "type", "required")
ANSWERS = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}
LONGEST = 100


@dataclass(frozen=True)
class FormField:
    """A field as one item's form has it."""

    item_id: str
    name: str
    type: str
    required: bool


def read_fields(data: bytes) -> list[FormField]:
    """The fields of a CSV with item_id, name, type, required (是/否). Raises BadInput by line."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise BadInput("the file is not UTF-8") from None
    found: list[FormField] = []
    seen: Counter[tuple[str, str]] = Counter()
    for line, row in enumerate(rows, 2):
        if set(row) != set(COLUMNS) or None in row.values():
            raise BadInput(f"line {line}: the columns are {', '.join(COLUMNS)}")
        one = _field(line, {key: str(value).strip() for key, value in row.items()})
        seen[one.item_id, plain(one.name)] += 1
        if seen[one.item_id, plain(one.name)] > 1:
            raise BadInput(f"line {line}: {one.item_id} has the field {one.name} already")
        found.append(one)
    if not found:
        raise BadInput(f"the file has no field; its columns are {', '.join(COLUMNS)}")
    return found


def _field(line: int, row: dict[str, str]) -> FormField:
    if not row["item_id"] or not plain(row["name"]) or len(row["name"]) > LONGEST:
        raise BadInput(
            f"line {line}: item_id and name (up to {LONGEST} characters) must not be empty"
        )
    if row["type"] not in TYPES:
        raise BadInput(f"line {line}: the type is one of {', '.join(TYPES)}, not {row['type']}")
    if row["required"] not in ANSWERS:
        raise BadInput(f"line {line}: required is 是 or 否, not {row['required']}")
    return FormField(row["item_id"], row["name"], row["type"], ANSWERS[row["required"]])
