"""Cases: applications that are or were handled, each at a post of its item's department."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from city.world.clock import ANCHOR, CANONICAL
from city.world.items import Catalogue, Implementation
from city.world.people import Firm, People, Person
from city.world.places import PREFIXES, office

CaseRow = dict[str, Any]
Holders = dict[str, list[Person | Firm]]  # by licence type: who holds a valid one
WANTED = (("sc", "02"), ("mz", "02"), ("ga", "02"), ("sc", "01"))  # posts of the demo accounts
FIRST = 24  # so many cases of the one-window are open, at the wanted posts in turn
BUSY = {"sc": 6, "mz": 4, "ga": 4, "rs": 2, "yb": 2, "zr": 2}
EXAMPLE_OPENED = "2026-10-26 09:30:00"
OPEN = ("accepted", "deciding")
CLOSED = ("granted", "refused", "withdrawn")


def case_number(system_order: int, day: str, count: int) -> str:
    """The number of a system's `count`-th case, opened on an ISO day."""
    return f"GZ{system_order:02d}-{day[:10].replace('-', '')}-{count:05d}"


def new_case(number: str, item: dict[str, Any], post: str, who: Person | Firm) -> CaseRow:
    """A case just accepted now to be given its times."""
    person = isinstance(who, Person)
    return {
        "case_number": number,
        "item_code": item["code"],
        "department": item["department"],
        "post": post,
        "state": "accepted",
        "opened": None,
        "closed": None,
        "applicant_name": who.name,
        "applicant_number": who.number if isinstance(who, Person) else who.code,
        "applicant_kind": "person" if person else "organisation",
    }


class CaseMaker:
    """Makes one system's cases."""

    def __init__(  # noqa: PLR0913
        self,
        system: str,
        order: int,
        department: str,
        people: People,
        catalogue: Catalogue,
        holders: Holders,
    ) -> None:
        self.system, self.order = system, order
        self.people, self.catalogue, self.holders = people, catalogue, holders
        self.pool = self._pool(PREFIXES[department])
        self.provable = [one for one in self.pool if self._types(one)]
        self.by_prefix: dict[str, list[Implementation]] = {}
        for one in self.provable or self.pool:
            self.by_prefix.setdefault(one.canonical.prefix, []).append(one)

    def _pool(self, prefix: str) -> list[Implementation]:
        """The items that the system handles."""
        both = [*self.catalogue.city, *self.catalogue.county]
        if self.system == "xzsp_policy":
            return self.catalogue.policy
        if self.system == "xzsp_window":
            return both
        prefixes = ("zj", "zr") if prefix == "xzsp" else (prefix,)
        return [one for one in both if one.canonical.prefix in prefixes]

    def _types(self, one: Implementation) -> list[str]:
        return [
            material["name"]
            for material in self.catalogue.materials[one.canonical.index]
            if material["purpose"] == "prove" and self._fitting(one, material["name"])
        ]

    def _fitting(self, one: Implementation, kind: str) -> list[Person | Firm]:
        wanted = Person if one.canonical.subject == "person" else Firm
        return [who for who in self.holders.get(kind, [])[:400] if isinstance(who, wanted)]

    def many(self, count: int, rng: Random) -> list[CaseRow]:
        """`count` cases; the one-window's first is the worked example."""
        if self.system != "xzsp_window":
            return [self.one(number, rng) for number in range(1, count + 1)]
        rows = [self.example()]
        for number in range(2, count + 1):
            rows.append(self._wanted(number, rng) if number <= FIRST else self.one(number, rng))
        return rows

    def one(self, number: int, rng: Random) -> CaseRow:
        """A case of any item, open or closed."""
        pool = self.pool
        if self.system == "xzsp_window":
            prefixes = sorted(self.by_prefix)
            weights = [BUSY.get(prefix, 1) for prefix in prefixes]
            pool = self.by_prefix[rng.choices(prefixes, weights)[0]]
        item = rng.choice(self.provable if self.provable and rng.random() < 0.7 else pool)
        if self.system == "xzsp_window" and rng.random() < 0.6:
            item = rng.choice(pool)
        return self._case(number, item, rng, None)

    def _wanted(self, number: int, rng: Random) -> CaseRow:
        prefix, desk = WANTED[number % len(WANTED)]
        item = rng.choice(self.by_prefix.get(prefix) or self.provable)
        return self._case(number, item, rng, desk)

    def _case(
        self, number: int, item: Implementation, rng: Random, desk: str | None
    ) -> CaseRow:
        """`desk`: an open case there; None: by chance, open or closed."""
        is_open = desk is not None or rng.random() < 0.45
        state = rng.choice(OPEN) if is_open else rng.choices(CLOSED, (80, 13, 7))[0]
        if desk is None:
            desk = "01" if state == "accepted" and rng.random() < 0.4 else "02"
        back = rng.randrange(60) if is_open else rng.randrange(20, 1000)
        opened = _office_hour(ANCHOR - timedelta(days=back), rng)
        row = new_case(
            case_number(self.order, opened.isoformat(), number),
            item.row,
            f"{item.canonical.prefix}-{desk}",
            self.applicant(item, rng),
        )
        row.update(state=state, opened=opened.strftime(CANONICAL))
        if not is_open:
            closed = opened + timedelta(days=rng.randrange(1, 18), minutes=rng.randrange(90))
            row["closed"] = closed.strftime(CANONICAL)
        return row

    def applicant(self, item: Implementation, rng: Random) -> Person | Firm:
        """Mostly one who holds a licence that the item asks for."""
        types = self._types(item)
        if types and rng.random() < 0.85:
            return rng.choice(self._fitting(item, rng.choice(types)))
        if item.canonical.subject == "person":
            adults = [one for one in self.people.persons if one.age >= 18]
            return rng.choice(adults)
        return rng.choice(self.people.firms)

    def example(self) -> CaseRow:
        """The worked example: firm 0 applies for a food licence, at the deciding post."""
        item = self.catalogue.example
        number = case_number(self.order, EXAMPLE_OPENED, 1)
        row = new_case(number, item.row, "sc-02", self.people.firms[0])
        row.update(state="deciding", opened=EXAMPLE_OPENED, department=office("sc", None))
        return row


def _office_hour(day: datetime, rng: Random) -> datetime:
    """A moment of a working day, before the city's anchor."""
    day -= timedelta(days=max(0, day.weekday() - 4))
    return day.replace(hour=9, minute=0, second=0) + timedelta(seconds=rng.randrange(28800))
