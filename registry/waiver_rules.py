"""Which licences may stand for a material: what the competent departments have confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from registry.named import HERE, Named, load_named
from registry.parts import Day, Text

FILE = HERE / "waiver_rules.yml"


class WaiverRule(Named):
    """A confirmation. `name`: the licence type; `confirmed`: the day of the document."""

    department: Text
    document: Text
    confirmed: Day

    @property
    def confirmed_date(self) -> date:
        """`confirmed` as a date."""
        return date.fromisoformat(self.confirmed)


@cache
def load() -> Mapping[str, WaiverRule]:
    """The rules by licence type. A type that is not there is not confirmed. Read once."""
    return MappingProxyType(load_named(FILE, WaiverRule))
