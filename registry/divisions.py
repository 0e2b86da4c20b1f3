"""The city's divisions: past and present codes and names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field as Key

from registry.named import HERE, Named, load_named

FILE = HERE / "divisions.yml"
_CITY_PREFIXES = ("江西省赣州市", "江西赣州市", "赣州市")
_Code = Annotated[str, Key(pattern=r"^\d{6}$")]


class Division(Named):
    """The city, a county (or district) or a functional zone; a zone has no code."""

    code: _Code | None
    level: Literal["city", "county", "zone"]
    past_codes: list[_Code]
    also_called: list[str]


@cache
def load() -> Mapping[str, Division]:
    """The divisions by present name, the city first. Read once; raises BadContract."""
    return MappingProxyType(load_named(FILE, Division))


@cache
def _index() -> Mapping[str, Division]:
    found: dict[str, Division] = {}
    for one in load().values():
        short = [one.name[:-1]] if one.level == "county" and len(one.name) > 2 else []
        names = [one.name, *one.also_called, *short, *one.past_codes]
        for name in names if one.code is None else [*names, one.code]:
            found.setdefault(name, one)
    return MappingProxyType(found)


#: First two digits of GB/T 2260 (provinces and their like); 83: residence permits of Taiwan.
_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
PROVINCES = frozenset(str(n) for first, last in _RANGES for n in range(first, last + 1))
_CITY, _CITY_ITSELF = "3607", ("360700", "360701")


def is_known_prefix(code: str) -> bool:
    """Whether a citizen number may begin with these six digits.

    A 9 stands before a foreigner's country. Counties are known of this city only, past ones too;
    elsewhere the province decides, since no list of all past counties is complete.
    """
    if code.startswith("9"):
        return True
    if code.startswith(_CITY):
        return code in _CITY_ITSELF or code in _index()
    return code[:2] in PROVINCES


def resolve(text: str) -> Division | None:
    """The division that a text names: a code of 6, 9 or 12 digits, past or present, or a name.

    None when it names none of this city; a likeness is not taken for a name.
    """
    said = "".join(text.split())
    if said.isascii() and said.isdigit() and len(said) in (6, 9, 12):
        return _index().get(said[:6]) if not said[6:].strip("0") else None
    for prefix in ("", *_CITY_PREFIXES):
        if said.startswith(prefix) and (found := _index().get(said.removeprefix(prefix))):
            return found
    return load()["赣州市"] if said in _CITY_PREFIXES else None
