"""One form for several items (一套表格): each field asked once, with what can fill it in.

No system gives the fields of forms: a department gives them as a table, whole, item by item.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from catalog.situations.fields import TYPES, Origin, load, plain
from catalog.tables import LOCK, form_field, published_item
from kernel.db import lock
from kernel.errors import BadInput

COLUMNS = ("item_id", "name", "type", "required")
ANSWERS = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}


@dataclass(frozen=True)
class FormField:
    """A field as one item's form has it."""

    item_id: str
    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class AskedField:
    """A field of the one form. `names`: as the items call it. `filled`: best first, may be none."""

    name: str
    type: str
    required: bool
    items: tuple[str, ...]
    names: tuple[str, ...]
    filled: tuple[Origin, ...]


def read_fields(data: bytes) -> list[FormField]:
    """The fields of a CSV with item_id, name, type, required (是/否). Raises BadInput by line."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise BadInput("the file is not UTF-8") from None
    except csv.Error:
        raise BadInput("the file is no CSV: a line is broken in the middle") from None
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


def replace_fields(
    conn: Connection, fields: Sequence[FormField], version: int, by: str, at: datetime
) -> int:
    """Put these in place of what their items had; how many items. Raises BadInput on an unknown."""
    lock(conn, LOCK)
    items = list(dict.fromkeys(one.item_id for one in fields))
    p = published_item.c
    known = select(p.item_id).where(p.version == version, p.item_id.in_(items))
    there = set(conn.execute(known).scalars())
    for item in items:
        if item not in there:
            raise BadInput(f"no item {item} in catalogue version {version}")
    conn.execute(delete(form_field).where(form_field.c.item_id.in_(items)))
    rows = [
        {
            "item_id": one.item_id,
            "name": one.name,
            "type": one.type,
            "required": one.required,
            "order": order,
            "by": by,
            "at": at,
        }
        for order, one in enumerate(fields, 1)
    ]
    conn.execute(insert(form_field), rows)
    return len(items)


def fields_of(conn: Connection, items: Sequence[str]) -> list[FormField]:
    """The fields of these items, in the order of the items and of their forms."""
    f = form_field.c
    query = select(f.item_id, f.name, f.type, f.required).where(f.item_id.in_(list(items)))
    found = [FormField(*row) for row in conn.execute(query.order_by(f.order, f.name))]
    return sorted(found, key=lambda one: list(items).index(one.item_id))


def one_form(fields: Sequence[FormField]) -> list[AskedField]:
    """The union, each once, in the order of first meeting. Required where any item requires it.

    Fields of one meaning under several names are one; the same name with another type is another.
    """
    found: dict[tuple[str, str], AskedField] = {}
    for one in fields:
        known = load().get(plain(one.name))
        name = known.name if known else plain(one.name)
        type_ = known.type if known else one.type
        filled = known.filled if known else ()
        fresh = AskedField(name, type_, one.required, (one.item_id,), (one.name,), filled)
        there = found.get((name, type_))
        found[name, type_] = fresh if there is None else _with(there, one)
    return list(found.values())


def _with(there: AskedField, one: FormField) -> AskedField:
    return replace(
        there,
        required=there.required or one.required,
        items=tuple(dict.fromkeys((*there.items, one.item_id))),
        names=tuple(dict.fromkeys((*there.names, one.name))),
    )


def _field(line: int, row: dict[str, str]) -> FormField:
    if not row["item_id"] or not plain(row["name"]) or len(row["name"]) > 100:
        raise BadInput(f"line {line}: item_id and name (up to 100 characters) must not be empty")
    if row["type"] not in TYPES:
        raise BadInput(f"line {line}: the type is one of {', '.join(TYPES)}, not {row['type']}")
    if row["required"] not in ANSWERS:
        raise BadInput(f"line {line}: required is 是 or 否, not {row['required']}")
    return FormField(row["item_id"], row["name"], row["type"], ANSWERS[row["required"]])
