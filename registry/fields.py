"""The standard fields of each kind of record: a closed list.

A system's YAML maps its columns to these names. What a field holds decides how the landing reads
it; a category's values are a closed list too, so an unknown one is a finding, never a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["item", "material", "licence", "case"]
Holds = Literal["text", "date", "time", "number", "truth", "category", "licence_type"]

TRUTH = ("true", "false")
HOLDER_KINDS = ("person", "organisation")


@dataclass(frozen=True)
class StandardField:
    """One standard field. `values`: the allowed ones of a category or truth, else empty.

    `personal`: the value may stand only in sealed columns.
    """

    name: str
    holds: Holds = "text"
    required: bool = False
    personal: bool = False
    values: tuple[str, ...] = ()

    @property
    def needs_values(self) -> bool:
        """Whether the YAML must map the source's values one by one."""
        return self.holds in ("category", "truth", "licence_type")


def _category(name: str, *values: str, required: bool = False) -> StandardField:
    return StandardField(name, "category", required, values=values)


_UPDATED = StandardField("updated", "time")

_ITEM = (
    StandardField("code", required=True),
    StandardField("base_code"),
    StandardField("name", required=True),
    StandardField("parent"),
    _category("level", "canonical", "implementation", required=True),
    StandardField("task_type"),
    StandardField("department"),
    StandardField("division"),
    StandardField("handling_department"),
    StandardField("limit_days", "number"),
    StandardField("promise_days", "number"),
    StandardField("fee", "truth", values=TRUTH),
    StandardField("fee_standard"),
    StandardField("fee_basis"),
    StandardField("steps"),
    StandardField("results"),
    _UPDATED,
)
_MATERIAL = (
    StandardField("item_code", required=True),
    StandardField("situation"),
    StandardField("name", required=True),
    StandardField("need", "truth", values=TRUTH),
    _category("purpose", "prove", "compare", "surrender"),
    _category("source_type", "issued", "applicant", "third_party"),
    StandardField("form"),
    StandardField("copies", "number"),
    StandardField("order", "number"),
    _UPDATED,
)
_LICENCE = (
    StandardField("number", required=True, personal=True),
    StandardField("identifier", personal=True),
    StandardField("type", "licence_type", required=True),
    StandardField("holder_name", required=True, personal=True),
    StandardField("holder_number", required=True, personal=True),
    _category("holder_kind", *HOLDER_KINDS, required=True),
    StandardField("co_holder_name", personal=True),
    StandardField("co_holder_number", personal=True),
    StandardField("issuer"),
    StandardField("issued", "date"),
    StandardField("valid_from", "date"),
    StandardField("valid_to", "date"),
    _category("status", "valid", "suspended", "revoked", "expired", required=True),
    _UPDATED,
)
_CASE = (
    StandardField("case_number", required=True),
    StandardField("item_code", required=True),
    StandardField("department"),
    StandardField("post"),
    _category("state", "accepted", "deciding", "granted", "refused", "withdrawn", required=True),
    StandardField("opened", "time", required=True),
    StandardField("closed", "time"),
    StandardField("applicant_name", required=True, personal=True),
    StandardField("applicant_number", required=True, personal=True),
    _category("applicant_kind", *HOLDER_KINDS, required=True),
    _UPDATED,
)


def _by_name(fields: tuple[StandardField, ...]) -> Mapping[str, StandardField]:
    return MappingProxyType({one.name: one for one in fields})


#: kind -> name -> field, in the order in which docs and pages show them.
FIELDS: Mapping[Kind, Mapping[str, StandardField]] = MappingProxyType(
    {
        "item": _by_name(_ITEM),
        "material": _by_name(_MATERIAL),
        "licence": _by_name(_LICENCE),
        "case": _by_name(_CASE),
    }
)


def required(kind: Kind) -> list[str]:
    """Names of the fields that a stream of this kind must map."""
    return [one.name for one in FIELDS[kind].values() if one.required]
