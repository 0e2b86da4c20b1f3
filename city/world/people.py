"""The people, families and firms of the city. All invented: every number is drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from stdnum.iso7064 import mod_11_2

from city.world.clock import ANCHOR
from city.world.names import firm_name, given_name, street, surname
from city.world.places import CITY_CODE, County, counties, credit_code, old_codes

TODAY = ANCHOR.date()
EXAMPLE_FIRM = "赣州市虔味坊餐饮管理有限公司"  # invented; the applicant of the worked example


@dataclass
class Person:
    """A person. `number` has 18 characters; `old` is the 15-digit form where there was one."""

    index: int
    name: str
    number: str
    born: date
    woman: bool
    county: County
    address: str
    household: str = ""
    role: str = "户主"
    spouse: int | None = None
    married: date | None = None
    divorced: int | None = None
    mother: int | None = None
    father: int | None = None

    @property
    def age(self) -> int:
        """Full years at the day the city was made."""
        had = (TODAY.month, TODAY.day) >= (self.born.month, self.born.day)
        return TODAY.year - self.born.year - (not had)

    @property
    def old(self) -> str | None:
        """The 15-digit number of people born before 2000."""
        number = self.number
        return number[:6] + number[8:17] if number[6:8] == "19" else None


@dataclass
class Firm:
    """A firm or organisation: kind is 91 firm, 92 own account, 51 society, 52 institution."""

    index: int
    name: str
    code: str
    kind: str
    trade: str
    county: County
    address: str
    founded: date
    head: int


@dataclass
class People:
    """Everybody: persons and firms by index."""

    persons: list[Person] = field(default_factory=list)
    firms: list[Firm] = field(default_factory=list)


def citizen_number(rng: Random, division: str, born: date, woman: bool) -> str:
    """A valid invented citizen number."""
    sequence = rng.randrange(2, 998) // 2 * 2 + (0 if woman else 1)
    body = f"{division}{born:%Y%m%d}{sequence % 1000:03d}"
    return body + str(mod_11_2.calc_check_digit(body))


def foreigner_number(rng: Random, born: date, woman: bool) -> str:
    """A valid invented foreigner's permanent residence number (9-prefixed, 2023 form)."""
    country = rng.choice(("840", "392", "410", "276", "586"))
    return citizen_number(rng, "936" + country, born, woman)


def make_people(seed: int, count: int) -> People:
    """`count` persons in families and about an eighth as many firms."""
    rng = Random(f"people/{seed}")
    maker = _Maker(rng)
    people = People()
    while len(people.persons) < count:
        maker.family(people.persons, count - len(people.persons))
    adults = [one.index for one in people.persons if 20 <= one.age <= 70]
    for index in range(max(12, count // 8)):
        people.firms.append(maker.firm(index, rng.choice(adults)))
    people.firms[0].name, people.firms[0].trade = EXAMPLE_FIRM, "餐饮管理"
    return people


class _Maker:
    """Draws persons and firms; keeps numbers and names apart."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.places = counties()
        self.old_codes = old_codes()
        self.numbers: set[str] = set()
        self.names: set[str] = set()
        self.households = 0

    def family(self, persons: list[Person], room: int) -> None:
        """A household of one to five people, cut at `room`."""
        rng = self.rng
        county = rng.choices(self.places, [3.0, *([1.0] * (len(self.places) - 1))])[0]
        address, self.households = street(rng, county.name), self.households + 1
        household = f"{self.households:09d}"
        head_born = TODAY - timedelta(days=rng.randrange(22 * 365, 88 * 365))
        head = self.person(persons, surname(rng), head_born, rng.random() < 0.4, county)
        group = [head]
        if room > 1 and rng.random() < 0.7:
            partner = self.partner(persons, head, county)
            group.append(partner)
            mother, father = (head, partner) if head.woman else (partner, head)
            for _ in range(min(room - 2, rng.choices((0, 1, 2, 3), (30, 40, 25, 5))[0])):
                child = self.child(persons, mother, father, county)
                if child:
                    group.append(child)
        for one in group:
            one.address, one.household = address, household

    def partner(self, persons: list[Person], head: Person, county: County) -> Person:
        """The head's wife or husband; one couple in ten is divorced."""
        rng = self.rng
        born = head.born + timedelta(days=rng.randrange(-1800, 1800))
        born = min(born, TODAY - timedelta(days=21 * 366))
        other = self.person(persons, surname(rng), born, not head.woman, county)
        youngest = max(head.born, born)
        span = (TODAY - youngest).days - 20 * 366
        other.role = "配偶"
        head.married = other.married = youngest + timedelta(
            days=20 * 366 + rng.randrange(0, max(1, min(span, 3600)))
        )
        if rng.random() < 0.1:
            head.divorced, other.divorced = other.index, head.index
        else:
            head.spouse, other.spouse = other.index, head.index
        return other

    def child(
        self, persons: list[Person], mother: Person, father: Person, county: County
    ) -> Person | None:
        """A child born between the mother's 20th and 40th year, if that has come."""
        first = max(mother.born, father.born) + timedelta(days=20 * 366)
        last = min(TODAY - timedelta(days=5), mother.born + timedelta(days=40 * 366))
        if first >= last:
            return None
        born = first + timedelta(days=self.rng.randrange((last - first).days))
        one = self.person(persons, father.name[:1], born, self.rng.random() < 0.48, county)
        one.mother, one.father = mother.index, father.index
        one.role = "女" if one.woman else "子"
        return one

    def person(
        self, persons: list[Person], family: str, born: date, woman: bool, county: County
    ) -> Person:
        """One more person with a number that nobody has yet."""
        rng = self.rng
        while True:
            number = self.number(born, woman, county)
            if number not in self.numbers:
                break
        self.numbers.add(number)
        name = family + given_name(rng, woman)
        one = Person(len(persons), name, number, born, woman, county, "")
        persons.append(one)
        return one

    def number(self, born: date, woman: bool, county: County) -> str:
        """Mostly of the county; some of a code that is gone, a few of other kinds."""
        rng, chance = self.rng, self.rng.random()
        if chance < 0.006:
            return citizen_number(rng, rng.choice(("810000", "820000", "830000")), born, woman)
        if chance < 0.009:
            return foreigner_number(rng, born, woman)
        if chance < 0.06 and born.year < 2014:
            return citizen_number(rng, rng.choice(self.old_codes), born, woman)
        return citizen_number(rng, county.code or "360702", born, woman)

    def firm(self, index: int, head: int) -> Firm:
        """A firm or organisation with a name and code that no other has."""
        rng = self.rng
        kind = rng.choices(("91", "92", "51", "52"), (62, 30, 4, 4))[0] if index else "91"
        county = rng.choice(self.places)
        while True:
            name, trade = firm_name(rng, county.name, kind)
            code = credit_code(rng, kind, county.code or CITY_CODE)
            if name not in self.names and code not in self.numbers:
                break
        self.names.add(name)
        self.numbers.add(code)
        founded = TODAY - timedelta(days=rng.randrange(200, 22 * 365))
        return Firm(index, name, code, kind, trade, county, street(rng, county.name), founded, head)
