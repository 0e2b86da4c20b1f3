"""A version as JSON, whole: what is read back has the same digest."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from catalog.versions.content import COLUMNS, LATER, Content, digest_of
from catalog.versions.history import VersionRow
from kernel.errors import BadInput

FORM = "zhongtai-catalogue-1"
_DAYS = ("begins", "ends")
#: Kinds that exports of older versions of this program do not have.
_LATER = frozenset({"field"})


def as_json(row: VersionRow, content: Content) -> dict[str, Any]:
    """Every row by column, days as text, in the order in which they were published."""
    about = {**vars(row), "published_at": row.published_at.isoformat(), "form": FORM}
    return about | {
        kind: [
            {name: _text(value) for name, value in zip(columns, one, strict=True)}
            for one in content[kind]
        ]
        for kind, columns in COLUMNS.items()
    }


def read_json(text: str) -> Content:
    """The content of an export. Raises BadInput where it is none or was changed."""
    try:
        said = json.loads(text)
        if said["form"] != FORM:
            raise BadInput(f"this export is of the form {said['form']}, not {FORM}")
        content: Content = {
            kind: [tuple(_value(name, one, kind) for name in columns) for one in _rows(said, kind)]
            for kind, columns in COLUMNS.items()
        }
        digest = said["digest"]
    except (ValueError, KeyError, TypeError):
        raise BadInput("this is no export of a catalogue version") from None
    if digest_of(content) != digest:
        raise BadInput("this export was changed after it was written: its digest is another")
    return content


def _rows(said: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = said.get(kind, []) if kind in _LATER else said[kind]
    return rows


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, row: dict[str, Any], kind: str) -> Any:
    value = row.get(name) if name in LATER.get(kind, ()) else row[name]
    return date.fromisoformat(value) if name in _DAYS and value is not None else value
