"""Forms as a department hands them in: a CSV, whole for each item in it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.forms.fields import TYPES, plain
from kernel.csvfiles import decoded
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
    """The fields of a CSV (UTF-8 or GB18030, as spreadsheet programs save it) with item_id, name,
    type, required (是/否). Raises BadInput by line.
    """
    text = decoded(data)
    if text is None:
        raise BadInput("the file is neither UTF-8 nor GB18030: save it as CSV")
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise BadInput(f"the file is no CSV: {error}") from None
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


def write_fields(fields: Iterable[FormField]) -> bytes:
    """The same as a CSV, UTF-8 with a mark: what is read back is the same forms."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in fields:
        writer.writerow((one.item_id, one.name, one.type, "是" if one.required else "否"))
    return out.getvalue().encode("utf-8-sig")


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
