"""The item system's content: canonical items, the counties' implementations, materials."""

from __future__ import annotations

from random import Random
from typing import Any

from city.world.catalogue import (
    TYPES,
    Canonical,
    Catalogue,
    Implementation,
    make_canonical,
    pinned,
)
from city.world.guides import GuideMaker
from city.world.materials import MaterialMaker, Wording
from city.world.places import (
    CITY_CODE,
    DEPARTMENTS,
    PROVINCE_CODE,
    County,
    counties,
    office,
    office_codes,
)
from city.world.wording import ItemWording

FULL_SIZE = 2000  # people at which every county has its full list
EXAMPLE_ITEM = "食品经营许可"
HELP = ("补贴", "资助", "奖励", "减免", "扶持", "补助", "贷款", "退税", "优惠")
DAYS = ("0", "1", "3", "5", "7", "10", "15", "20", "30", "45", "60")
LOCAL = (
    ("脐橙种植保险保费补贴申报", "ny"),
    ("红色讲解员预约服务", "wl"),
    ("校园午餐配送意见征集", "jy"),
)
OFFICES = ("行政审批股", "政务服务股", "综合业务股")


def make_catalogue(seed: int, people: int, types: list[str]) -> Catalogue:
    """The city's catalogue. Counties' lists grow with the city up to FULL_SIZE people."""
    maker = _Maker(seed, people, types)
    return maker.make()


class _Maker:
    def __init__(self, seed: int, people: int, types: list[str]) -> None:
        self.rng = Random(f"items/{seed}")
        size = min(1.0, people / FULL_SIZE)
        self.county_share = 0.7 * max(0.05, size)
        self.city_share = 0.85 * max(0.25, size)
        self.canonical = make_canonical()
        papers = MaterialMaker(seed, types)
        self.materials = {one.index: papers.of(one) for one in self.canonical}
        self.offices = office_codes(seed)
        self.guides = GuideMaker(seed)
        self.local = 0

    def make(self) -> Catalogue:
        wanted = pinned(self.canonical, EXAMPLE_ITEM)
        rows = [self._canonical_row(one) for one in self.canonical]
        words = ItemWording(self.rng, None)
        city = [
            self._example(one) if one is wanted else self._implementation(one, None, words)
            for one in self.canonical
            if one is wanted or self.rng.random() < self.city_share
        ]
        example = next(one for one in city if one.canonical is wanted)
        county: list[Implementation] = []
        local: list[dict[str, Any]] = []
        for place in counties():
            words = ItemWording(self.rng, place)
            county += [
                self._implementation(one, place, words)
                for one in self.canonical
                if self.rng.random() < self.county_share
            ]
            local += [self._local(place, thing) for thing in LOCAL]
        return Catalogue(
            self.canonical,
            rows,
            self.materials,
            city,
            county,
            self._policy(words),
            local,
            self._city_materials(city, example),
            self._item_materials(county),
            example,
        )

    def _canonical_row(self, one: Canonical) -> dict[str, Any]:
        return {
            "code": one.code,
            "base_code": one.code,
            "name": one.name,
            "parent": one.parent,
            "level": "canonical",
            "task_type": one.task_type,
            "department": DEPARTMENTS[one.prefix],
            "division": PROVINCE_CODE,
            "handling_department": None,
            "limit_days": "20",
            "promise_days": None,
            "fee": "false",
            **self.guides.canonical(one),
        }

    def _example(self, one: Canonical) -> Implementation:
        code = self.offices[one.prefix, CITY_CODE] + "3" + one.code
        return Implementation(code, one, None, self._row(one, None, code, one.name, one.code))

    def _implementation(
        self, one: Canonical, county: County | None, words: ItemWording
    ) -> Implementation:
        division = county.division if county else CITY_CODE
        base = one.code if self.rng.random() < 0.6 else None
        stem = self.offices[one.prefix, division] + ("4" if county else "3")
        code = stem + (base or self._own_code(one.task_type))
        row = self._row(one, county, code, words.name(one.name), base)
        return Implementation(code, one, county, row)

    def _own_code(self, task_type: str) -> str:
        """A code of the county's own making: no base catalogue number in it."""
        self.local += 1
        task = next(number for number, text in TYPES.items() if text == task_type)
        return f"36{task}9{self.local // 1000:04d}{self.local % 1000:03d}"

    def _row(
        self, one: Canonical, county: County | None, code: str, name: str, base: str | None
    ) -> dict[str, Any]:
        rng = self.rng
        limit = rng.choice(DAYS[2:])
        row = {
            "code": code,
            "base_code": base,
            "name": name,
            "parent": one.parent,
            "level": "implementation",
            "task_type": one.task_type,
            "department": office(one.prefix, county),
            "division": county.division if county else CITY_CODE,
            "handling_department": rng.choice(OFFICES),
            "limit_days": limit,
            "promise_days": rng.choice([day for day in DAYS if int(day) <= int(limit)]),
            "fee": "true" if rng.random() < 0.06 else "false",
        }
        return row | self.guides.of(one, county, row)

    def _local(self, county: County, thing: tuple[str, str]) -> dict[str, Any]:
        """A local service that the base catalogue does not know."""
        name, prefix = thing
        self.local += 1
        index = -self.local
        one = Canonical(index, f"{county.name}{name}", "", None, TYPES["20"], prefix, "person")
        code = self.offices[prefix, county.division] + "4" + self._own_code(one.task_type)
        return self._row(one, county, code, one.name, None)

    def _policy(self, words: ItemWording) -> list[Implementation]:
        """Help for firms, as the policy platform names it; its codes are its own."""
        made: list[Implementation] = []
        for one in self.canonical:
            if any(word in one.name for word in HELP):
                code = f"QQGS-2026-{len(made) + 1:04d}"
                base = one.code if self.rng.random() < 0.6 else None
                row = self._row(one, None, code, words.name(one.name), base)
                made.append(Implementation(code, one, None, row))
        return made

    def _city_materials(
        self, city: list[Implementation], example: Implementation
    ) -> list[dict[str, Any]]:
        """The one-window's lists: those of the city's own implementations."""
        wording = Wording(self.rng)
        made = []
        for one in city:
            own = self.materials[one.canonical.index]
            for material in own if one is example else wording.words(own):
                made.append({**material, "item_code": one.code})
        return made

    def _item_materials(self, county: list[Implementation]) -> list[dict[str, Any]]:
        """The item system's lists: all canonical items, two in five of the counties'."""
        made = [
            {**material, "item_code": one.code}
            for one in self.canonical
            for material in self.materials[one.index]
        ]
        wording = Wording(self.rng)
        for one in county:
            if self.rng.random() < 0.4:
                for material in wording.words(self.materials[one.canonical.index]):
                    made.append({**material, "item_code": one.code})
        return made
