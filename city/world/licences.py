"""Licences for the people and firms that fit them, by city/data/licences.yml."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from city.world.details import detail
from city.world.licence_rules import Rule, load_rules
from city.world.numbers import BETWEEN
from city.world.people import TODAY, Firm, People, Person
from city.world.places import PREFIXES, office
from city.world.render import Shape

GROWN = 18
FEWEST = 3  # holders of a type, however small the city
EXAMPLE_TYPES = ("营业执照", "不动产权证书")


class Licences:
    """Grants licences of one stream."""

    def __init__(self, shape: Shape, department: str, people: People, rng: Random) -> None:
        self.shape, self.people, self.rng = shape, people, rng
        self.prefix = PREFIXES[department]
        self.rules = load_rules()
        self.serial = 0

    def all(self) -> Iterator[dict[str, Any]]:
        """Every licence of the stream, types in turn."""
        for kind in self.shape.types:
            for holder in self._holders(self.rules[kind]):
                one = self.grant(kind, holder)
                if one is not None:
                    yield one

    def _holders(self, rule: Rule) -> list[Person | Firm]:
        rng = self.rng
        fitting: list[Person | Firm] = []
        chosen: list[Person | Firm] = []
        for person in self.people.persons:
            if rule.person and rule.fits_person(person):
                fitting.append(person)
                if rng.random() < rule.person[0]:
                    chosen.append(person)
        for firm in self.people.firms:
            if rule.firm and rule.fits_firm(firm) and not self._applied_for(rule.type, firm):
                fitting.append(firm)
                if rng.random() < rule.firm[0] or self._in_example(rule.type, firm):
                    chosen.append(firm)
        if len(chosen) >= FEWEST:
            return chosen
        spare: list[Person | Firm] = fitting or [f for f in self.people.firms if f.kind == "91"]
        return [rng.choice(spare) for _ in range(FEWEST)]

    def _in_example(self, kind: str, holder: Person | Firm) -> bool:
        """The worked example's applicant holds these, and they are valid."""
        return isinstance(holder, Firm) and holder.index == 0 and kind in EXAMPLE_TYPES

    def _applied_for(self, kind: str, holder: Firm) -> bool:
        """The worked example's applicant applies for it, so has none."""
        return holder.index == 0 and kind == "食品经营许可证"

    def fresh(self, day: date) -> dict[str, Any]:
        """A valid licence issued on a day to somebody whom it fits."""
        rng, rule = self.rng, self.rules[self.rng.choice(self.shape.types)]
        firms = [one for one in self.people.firms if one.kind == "91"]
        holder: Person | Firm = rng.choice(firms)
        if rule.firm is None:
            holder = rng.choice(self.people.persons)
        for _ in range(200):
            if rule.person and (rule.firm is None or rng.random() < 0.6):
                someone = rng.choice(self.people.persons)
                if rule.fits_person(someone):
                    holder = someone
                    break
            elif rule.fits_firm(firm := rng.choice(self.people.firms)):
                holder = firm
                break
        return {**self._plain(rule.type, holder, day), "status": "valid"}

    def grant(self, kind: str, holder: Person | Firm) -> dict[str, Any] | None:
        """A licence of a type for a holder; None where the pair has no such thing."""
        special = {"结婚证": self._marriage, "离婚证": self._divorce, "出生医学证明": self._birth}
        if kind in special:
            if isinstance(holder, Firm):
                return None
            return special[kind](kind, holder)
        one = self._plain(kind, holder)
        joint = kind == "不动产权证书" and isinstance(holder, Person) and self.rng.random() < 0.7
        if joint and isinstance(holder, Person) and holder.spouse is not None:
            self._share(one, self.people.persons[holder.spouse], *self._heirs(holder))
        return one

    def _heirs(self, holder: Person) -> list[Person]:
        """Grown-up children who own the home too, in one family of four."""
        if holder.index % 4:
            return []
        parents = {holder.index, holder.spouse}
        children = (one for one in self.people.persons if {one.mother, one.father} & parents)
        return [one for one in children if one.age >= GROWN][:2]

    def _plain(self, kind: str, holder: Person | Firm, day: date | None = None) -> dict[str, Any]:
        rule, rng = self.rules[kind], self.rng
        since = holder.born if isinstance(holder, Person) else holder.founded
        issued = day or self._issued(rule, since)
        until = _years_on(issued, rule.years) if rule.years else None
        self.serial += 1
        person = isinstance(holder, Person)
        data: dict[str, Any] = {
            "number": self._number(rule, holder, issued),
            "type": kind,
            "holder_name": holder.name,
            "holder_number": self._written(holder),
            "holder_kind": "person" if person else "organisation",
            "issuer": self._issuer(rule, holder),
            "issued": issued.isoformat(),
            "valid_from": issued.isoformat(),
            "valid_to": until.isoformat() if until else None,
            "status": self._status(until),
        }
        if self._in_example(kind, holder):
            data["status"] = "valid"
        data["details"] = {
            name: text
            for name in self.shape.details
            if (text := detail(name, kind, holder, issued, self.people, rng)) is not None
        }
        return data

    def _written(self, holder: Person | Firm) -> str:
        if isinstance(holder, Firm):
            return holder.code
        old = holder.old
        return old if old and self.rng.random() < 0.01 else holder.number

    def _number(self, rule: Rule, holder: Person | Firm, issued: date) -> str:
        return rule.number.format(
            c=holder.county.code or "360700",
            place=holder.county.name,
            y=issued.year,
            n=self.serial * 7 + 1000,
            h=holder.number if isinstance(holder, Person) else holder.code,
            letter="ABCDEFGHIJKLMNOPQRSTU"[max(0, min(20, issued.year - 2000))],
        )

    def _issued(self, rule: Rule, since: date) -> date:
        first = max(since + timedelta(days=30), rule.begin)
        if rule.person and since < TODAY - timedelta(days=rule.person[1] * 366):
            first = max(first, since + timedelta(days=rule.person[1] * 365))
        if rule.years:
            first = max(first, TODAY - timedelta(days=int(rule.years * 365 * 1.09)))
        days = (TODAY - first).days
        return first + timedelta(days=self.rng.randrange(days)) if days > 0 else TODAY

    def _issuer(self, rule: Rule, holder: Person | Firm) -> str:
        if rule.by == "province":
            short = office(self.prefix, None).removeprefix("市").removesuffix("局")
            return f"江西省{short}厅"
        if rule.by == "city":
            name = office(self.prefix, None)
            return f"赣州{name}" if name.startswith("市") else name
        return office(self.prefix, holder.county)

    def _status(self, until: date | None) -> str:
        chance = self.rng.random()
        if chance < 0.015:
            return "suspended"
        if chance < 0.04:
            return "revoked"
        return "expired" if until and until < TODAY else "valid"

    def _share(self, one: dict[str, Any], *others: Person) -> None:
        one["co_holder_name"] = BETWEEN.join(other.name for other in others)
        one["co_holder_number"] = BETWEEN.join(other.number for other in others)

    def _marriage(self, kind: str, holder: Person) -> dict[str, Any] | None:
        if holder.spouse is None or holder.woman or holder.married is None:
            return None
        one = self._plain(kind, holder, holder.married)
        self._share(one, self.people.persons[holder.spouse])
        return one

    def _divorce(self, kind: str, holder: Person) -> dict[str, Any] | None:
        if holder.divorced is None or holder.woman or holder.married is None:
            return None
        day = holder.married + (TODAY - holder.married) * self.rng.random()
        one = self._plain(kind, holder, day)
        self._share(one, self.people.persons[holder.divorced])
        return one

    def _birth(self, kind: str, holder: Person) -> dict[str, Any] | None:
        if holder.mother is None or holder.father is None:
            return None
        mother, father = self.people.persons[holder.mother], self.people.persons[holder.father]
        one = self._plain(kind, mother, min(TODAY, holder.born + timedelta(days=3)))
        self._share(one, father)
        one["details"] = {
            "新生儿姓名": holder.name,
            "新生儿出生日期": holder.born.isoformat(),
        }
        return one


def _years_on(day: date, years: int) -> date:
    """The last day of `years` years that begin on `day`."""
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
