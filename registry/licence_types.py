"""The types of licence: who is competent, how long they last, what they prove."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field as Key

from registry.named import HERE, Named, load_named
from registry.parts import Text

FILE = HERE / "licence_types.yml"


class LicenceType(Named):
    """One type of licence. `licence_types.yml` says at its top what each key means.

    `code`: 21-character national type code, None where no public source gives it.
    `fields`: detail fields beside the standard ones, each personal or public.
    """

    code: Annotated[str, Key(pattern=r"^[0-9A-Z]{18}\d{3}$")] | None
    source: Text | None = None
    department: Text
    holder: Literal["person", "organisation", "both"]
    valid_years: Annotated[int, Key(ge=1, le=50)] | None
    longest_age_hours: Annotated[int, Key(ge=0)]
    share: Literal["unconditional", "conditional", "none"]
    basis: Literal["duty", "consent"] = "duty"  # statutory duty with notice, unless it says so
    standing: Literal["issuer-sealed", "delegated", "data only"]
    fields: dict[Text, Literal["personal", "public"]]
    also_called: list[Text]
    proves: list[Text]

    @property
    def proves_names(self) -> tuple[str, ...]:
        """Every name of a material that this licence stands for, its own name first."""
        return (self.name, *self.also_called, *self.proves)

    @property
    def personal_fields(self) -> frozenset[str]:
        """The detail fields that say something about a person."""
        return frozenset(name for name, sort in self.fields.items() if sort == "personal")

    @property
    def asked_live(self) -> bool:
        """Whether it is only ever asked live, hence never kept."""
        return self.longest_age_hours == 0


@cache
def load() -> Mapping[str, LicenceType]:
    """The types by name, in the order of the file. Read once; raises BadContract."""
    return MappingProxyType(load_named(FILE, LicenceType))


@cache
def details() -> tuple[str, ...]:
    """The names of all types' detail fields, sorted."""
    return tuple(sorted({name for one in load().values() for name in one.fields}))


@cache
def by_material_name() -> Mapping[str, tuple[str, ...]]:
    """Name of a material -> names of the types that stand for it; the document itself first.

    A name that one type is called stands only for that type, whatever else would prove it.
    """
    found: dict[str, list[str]] = {}
    called: dict[str, str] = {}
    for one in load().values():
        called.update(dict.fromkeys((one.name, *one.also_called), one.name))
        for name in one.proves:
            found.setdefault(name, []).append(one.name)
    found.update({name: [owner] for name, owner in called.items()})
    return MappingProxyType({name: tuple(types) for name, types in found.items()})
