"""What the sandbox city's departments confirm at its first start: invented documents.

A real city has no such file: its departments confirm, by `zhongtai catalog waivers` or the API.
"""

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
    """The sandbox's confirmations by licence type. A type that is not there is not confirmed."""
    return MappingProxyType(load_named(FILE, WaiverRule))
