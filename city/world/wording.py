"""How a county names an item: by rules, by the invented variants, now and then mistyped."""

from __future__ import annotations

import re
from random import Random

from city.world.places import County, data_rows

VERBS = ("核发", "审批", "办理", "审核")
TAILS = {True: ("（县级）", "(县级)", "（县级权限）"), False: ("（市级）", "(市级)")}
NEW = ("（新办）", "（首次申请）", "新办")
TYPOS = {"经营": "经菅", "登记": "登计", "许可": "许 可", "证明": "证名", "变更": "变跟", "审批": "审批批"}
CLOSED = re.compile("(变更|注销|延续|补办|补发|换发|换证|新办|咨询|查询|备案|登记|终止)")


class ItemWording:
    """One county's habits with names of items."""

    def __init__(self, rng: Random, county: County | None) -> None:
        self.rng, self.county = rng, county
        self.variants: dict[str, list[str]] = {}
        for row in data_rows("invented_county_name_variants.csv"):
            self.variants.setdefault(row["canonical"], []).append(row["variant"])
        self.tail = rng.choice(TAILS[county is not None])
        self.half = rng.random() < 0.2  # writes half-width brackets

    def name(self, canonical: str) -> str:
        """The county's name for an item."""
        rng = self.rng
        if canonical in self.variants and rng.random() < 0.75:
            return rng.choice(self.variants[canonical])
        name = self._turn(canonical)
        if rng.random() < 0.012:
            name = self._mistype(name)
        return name.replace("（", "(").replace("）", ")") if self.half else name

    def _turn(self, name: str) -> str:
        chance = self.rng.random()
        if chance < 0.36:
            return name
        if chance < 0.50:
            return name + self.tail
        if chance < 0.58:
            return f"{name}（{self.county.name if self.county else '赣州市'}）"
        if chance < 0.78:
            return self._verb(name)
        if chance < 0.88:
            return name if CLOSED.search(name) else name + self.rng.choice(NEW)
        return self._order(name)

    def _verb(self, name: str) -> str:
        for verb in VERBS:
            if name.endswith(verb):
                kept = name.removesuffix(verb)
                return kept + self.rng.choice([v for v in (*VERBS[:3], "") if v != verb])
        if name.endswith("许可"):
            return name + self.rng.choice(("证核发", "审批", "证办理"))
        if name.endswith("许可证"):
            return name + self.rng.choice(("核发", "办理"))
        return name if CLOSED.search(name) else name + "办理"

    def _order(self, name: str) -> str:
        bracket = re.fullmatch(r"(.+)[（(]([^（）()]{2,6})[）)]", name)
        if bracket:
            return f"{bracket[1]}{bracket[2]}"
        ending = re.fullmatch("(.{4,})(变更|注销|延续|补办|换发)", name)
        if ending:
            return self.rng.choice((f"{ending[1]}（{ending[2]}）", f"{ending[2]}{ending[1]}"))
        listed = re.fullmatch("([^、，（）]{2,8})、([^、，（）]{2,8})(审批|许可|核发|备案)", name)
        if listed:
            return f"{listed[2]}、{listed[1]}{listed[3]}"
        return f"对{name}" if name.endswith(("审批", "许可", "核准")) and name[0] != "对" else name

    def _mistype(self, name: str) -> str:
        for right, wrong in TYPOS.items():
            if right in name:
                return name.replace(right, wrong, 1)
        return name[:-2] + name[-1] if len(name) > 6 else name
