"""What forms' fields are called and what fills them (`fields.yml`), read once and checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from catalog.wordlists import read_words
from kernel.errors import BadInput
from registry import licence_types

FILE = Path(__file__).with_name("fields.yml")
#: What is typed into a field, and its Chinese name.
TYPES = {
    "text": "文字", "date": "日期", "number": "数字", "choice": "选项", "phone": "电话",
    "address": "地址",
}  # fmt: skip
#: What a case says: of which kind of applicant (None: any), and where it stands.
CASE_FIELDS: Mapping[str, tuple[str | None, str]] = {
    "applicant_name": (None, "applicant_name"),
    "person_number": ("person", "applicant_number"),
    "organisation_name": ("organisation", "applicant_name"),
    "organisation_number": ("organisation", "applicant_number"),
}
#: What every licence has, beside the fields of its type.
STANDARD = frozenset({"number", "holder_name", "holder_number", "issuer", "issued", "valid_to"})


@dataclass(frozen=True)
class Origin:
    """What can fill a field in. `licence_type` is None where the case itself does."""

    licence_type: str | None
    field: str


@dataclass(frozen=True)
class KnownField:
    """A field under its one name."""

    name: str
    type: str
    filled: tuple[Origin, ...]


@cache
def load(file: Path = FILE) -> Mapping[str, KnownField]:
    """Any name of a field, in its plain form -> the field. Raises BadInput."""
    return read_words(file, _fields)[0]


def plain(name: str) -> str:
    """A field's name without spaces, colons and stars around it."""
    return "".join(unicodedata.normalize("NFKC", name).split()).strip(":*：")


def _fields(data: dict[str, Any]) -> Mapping[str, KnownField]:
    found: dict[str, KnownField] = {}
    for name in list(data):
        about = dict(data.pop(name))
        type_, called = about.pop("type"), about.pop("called")
        filled = tuple(_origin(name, one) for one in about.pop("filled"))
        if type_ not in TYPES or about:
            wrong = f"the key {next(iter(about))}" if about else f"the type {type_}"
            raise BadInput(f"fields.yml: {name} has {wrong}; types are {', '.join(TYPES)}")
        for word in (name, *called):
            if plain(word) in found:
                raise BadInput(f"fields.yml: {word} is the name of two fields")
            found[plain(word)] = KnownField(name, type_, filled)
    return found


def _origin(name: str, written: str) -> Origin:
    source, _, field = written.partition(".")
    if source == "case" and field in CASE_FIELDS:
        return Origin(None, field)
    kind = licence_types.load().get(source)
    if kind is None or field not in STANDARD | kind.fields.keys():
        raise BadInput(f"fields.yml: {name} cannot be filled from {written}")
    return Origin(source, field)
