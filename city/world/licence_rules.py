"""Who holds which type of licence: city/data/licences.yml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from city.world.people import Firm, Person


@dataclass(frozen=True)
class Rule:
    """Who holds one type of licence, for how long, and who issues it."""

    type: str
    person: tuple[float, int, int] | None
    firm: tuple[float, tuple[str, ...], tuple[str, ...]] | None
    years: int | None
    begin: date
    by: str
    number: str

    def fits_person(self, one: Person) -> bool:
        """Whether the type is for such a person at all."""
        return self.person is not None and self.person[1] <= one.age <= self.person[2]

    def fits_firm(self, one: Firm) -> bool:
        """Whether the type is for such a firm at all."""
        if self.firm is None or one.kind not in self.firm[1]:
            return False
        return not self.firm[2] or one.trade in self.firm[2]


@cache
def load_rules() -> dict[str, Rule]:
    """The rules by type."""
    text = (files("city") / "data" / "licences.yml").read_text(encoding="utf-8")
    rules = {}
    for name, one in yaml.load(text, Loader=yaml.CSafeLoader).items():
        person, firm = one.get("person"), one.get("firm")
        rules[name] = Rule(
            name,
            (person[0], person[1], person[2]) if person else None,
            (firm[0], tuple(firm[1].split()), tuple(firm[2].split())) if firm else None,
            one.get("years"),
            date(one.get("from", 1998), 1, 1),
            one["by"],
            one["number"],
        )
    return rules
