"""A draft made whole enough to judge rows by. It is never written and never applied."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from registry.contract import Stream
from registry.draft import DraftStream
from registry.fields import required
from registry.understood import OPEN

#: What has no part in judging a row stands in for what a person will write.
_STANDS_IN: Final[dict[str, Any]] = {
    "catalogue": OPEN,
    "share": "none",
    "basis": OPEN,
    "authorisation": {"document": OPEN, "until": "2099-12-31"},
    "complete_since": "2000-01-01",
    "longest_age": "1h",
}


def trial_stream(draft: DraftStream) -> tuple[Stream | None, str]:
    """The stream, or None and why rows cannot be judged by it yet.

    A value whose meaning is open has none: its rows would be quarantined.
    """
    said = {*draft.data["fields"], *draft.data.get("always", {})}
    missing = [name for name in required(draft.kind) if name not in said]
    if missing:
        return None, f"{', '.join(missing)} of a {draft.kind} are not mapped yet"
    if not draft.data["key"]:
        return None, "no key is named yet"
    fields = {name: _field(said) for name, said in draft.data["fields"].items()}
    data = {**_STANDS_IN, **draft.data, "name": draft.name, "fields": fields}
    if not data["deletes"]:
        del data["deletes"]
    try:
        return Stream.model_validate(data), ""
    except ValidationError as error:
        return None, f"{'.'.join(map(str, error.errors()[0]['loc']))} is not filled in yet"


def _field(said: Any) -> dict[str, Any]:
    if isinstance(said, str):
        return {"column": said}
    known = {value: means for value, means in said.get("values", {}).items() if means != OPEN}
    return {"column": said["column"], "values": known}
