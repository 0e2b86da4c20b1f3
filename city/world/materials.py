"""What an item asks for: by department, subject and act; and how a county writes it."""

from __future__ import annotations

import re
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from city.world.catalogue import Canonical
from city.world.places import data_rows

Material = dict[str, Any]
MOST = 8
FORMS = {"applicant": "原件", "issued": "复印件", "third_party": "原件和复印件"}
ACTS = (
    ("cancel", "注销|销户|歇业|终止|撤销|停业"),
    ("replace", "补办|补发|补证|遗失|换发|换证|换领"),
    ("change", "变更|更名|过户|修改|改建"),
    ("renew", "延续|延期|校验|年检|续期|再注册"),
    ("ask", "咨询|查询|指引|投诉|公示|预约"),
)
TITLES = {
    "cancel": "注销申请书",
    "replace": "补（换）发申请表",
    "change": "变更申请表",
    "renew": "延续申请书",
    "ask": "查询申请表",
    "grant": "申请表",
}


def act_of(name: str) -> str:
    """What is wanted: cancel, replace, change, renew, ask, or grant."""
    for act, words in ACTS:
        if re.search(words, name):
            return act
    return "grant"


class MaterialMaker:
    """The base catalogue's lists, in canonical wording."""

    def __init__(self, seed: int, types: list[str]) -> None:
        text = (files("city") / "data" / "materials.yml").read_text(encoding="utf-8")
        self.rules: dict[str, Any] = yaml.safe_load(text)
        self.rng = Random(f"materials/{seed}")
        self.types = {re.sub("(证书|证)$", "", name): name for name in types}

    def of(self, item: Canonical) -> list[Material]:
        """Two to eight materials of a canonical item, in order."""
        if item.name in self.rules["pinned"]:
            return _ordered([_material(**one) for one in self.rules["pinned"][item.name]])
        act, rng = act_of(item.name), self.rng
        made = [_material(self._title(item, act), "surrender", "applicant")]
        made += self._identity(item)
        if act != "ask":
            made += self._own_licence(item, act)
            made += self._licences(item)
            made += self._papers(item, act)
            made += self._situations(item)
        elif rng.random() < 0.3:
            made.append(_material("情况说明", "surrender", "applicant"))
        names: dict[tuple[str, str], Material] = {}
        for one in made:
            names.setdefault((one["name"], one["situation"]), one)
        return _ordered(list(names.values())[:MOST])

    def _title(self, item: Canonical, act: str) -> str:
        short = re.sub(r"[（(《》）)].*$", "", item.name)
        short = re.sub("(核发|审批|办理|申领|变更|注销|延续|补办|登记)+$", "", short)
        return f"{short or item.name}{TITLES[act]}" if len(short) < 16 else TITLES[act]

    def _identity(self, item: Canonical) -> list[Material]:
        if item.subject == "person":
            return [_material("居民身份证", "prove" if self.rng.random() < 0.8 else "compare")]
        made = []
        if item.prefix != "mz":
            made.append(_material("营业执照", "prove"))
        if self.rng.random() < 0.45:
            made.append(_material("法定代表人身份证", "prove"))
        return made

    def _own_licence(self, item: Canonical, act: str) -> list[Material]:
        if act == "grant":
            return []
        for stem, name in self.types.items():
            if stem in item.name:
                purpose = "surrender" if act in ("cancel", "replace") else "prove"
                return [_material(name, purpose)]
        return []

    def _licences(self, item: Canonical) -> list[Material]:
        subject = "person" if item.subject == "person" else "firm"
        chances = self.rules["licences"][item.prefix][subject]
        return [
            _material(name, "prove" if self.rng.random() < 0.85 else "compare")
            for name, chance in chances.items()
            if self.rng.random() < chance
        ]

    def _papers(self, item: Canonical, act: str) -> list[Material]:
        rng = self.rng
        pool = self.rules["papers"]["person" if item.subject == "person" else "firm"]
        count = rng.choice((0, 1, 2, 3) if act == "grant" else (0, 0, 1))
        made = [_material(name, "surrender", "applicant") for name in rng.sample(pool, count)]
        if item.subject == "firm" and rng.random() < 0.25:
            made.append(_material(rng.choice(self.rules["third"]), "surrender", "third_party"))
        if act == "replace":
            made.append(_material("遗失声明", "surrender", "applicant"))
        return made

    def _situations(self, item: Canonical) -> list[Material]:
        made = []
        if self.rng.random() < 0.3:
            agent = "委托他人办理"
            made.append(_material("授权委托书", "surrender", "applicant", agent))
            made.append(_material("受托人身份证", "compare", "issued", agent))
        if item.subject == "person" and item.prefix in ("zr", "gjj", "mz", "ga", "zj", "yb"):
            if self.rng.random() < 0.5:
                made.append(_material("结婚证", "prove", "issued", "已婚"))
            if self.rng.random() < 0.2:
                made.append(_material("离婚证", "prove", "issued", "离异"))
        return made


def _material(
    name: str, purpose: str, source_type: str = "issued", situation: str = ""
) -> Material:
    return {
        "situation": situation,
        "name": name,
        "need": "true",
        "purpose": purpose,
        "source_type": source_type,
        "form": FORMS[source_type],
        "copies": "1",
    }


def _ordered(made: list[Material]) -> list[Material]:
    for order, one in enumerate(made, 1):
        one["order"] = str(order)
    return made


class Wording:
    """A county's own words for materials."""

    SAME_AS = {"居民身份证": "中华人民共和国居民身份证"}

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.variants: dict[str, list[str]] = {}
        roles = ("法定代表人", "法人", "经办人", "负责人", "当事人", "经营场所", "夫妻")
        for row in data_rows("invented_material_variants.csv"):
            if not row["variant"].startswith(roles) and "及" not in row["variant"][:4]:
                self.variants.setdefault(row["canonical"], []).append(row["variant"])
        self.variants["法定代表人身份证"] = ["法定代表人身份证复印件", "法人身份证明", "法定代表人（负责人）身份证"]
        self.real = sorted(
            {
                row["material_name"]
                for row in data_rows("materials_real.csv")
                if "申请人" not in row["material_name"] and "身份证" not in row["material_name"]
            }
        )

    def word(self, name: str, source_type: str) -> str:
        """How the county writes a canonical material name."""
        rng, chance = self.rng, self.rng.random()
        known = self.variants.get(self.SAME_AS.get(name, name))
        if known and chance < 0.65:
            return rng.choice(known)
        if chance < 0.8 or source_type == "third_party":
            return name
        if source_type == "applicant":
            return name + rng.choice(("（加盖公章）", "（原件）", "（一式两份）", "（签字）"))
        form = rng.choice(("{}复印件", "《{}》", "{}原件及复印件", "{}（复印件）", "{}原件"))
        return form.format(name)

    def words(self, materials: list[Material]) -> list[Material]:
        """A county's list for an item: its words, now and then one more or one less."""
        rng = self.rng
        made = [
            {**one, "name": self.word(one["name"], one["source_type"])}
            for one in materials
            if rng.random() > 0.03 or one["order"] == "1"
        ]
        if rng.random() < 0.04 and len(made) < MOST:
            made.append(_material(rng.choice(self.real), "surrender", "applicant"))
        return _ordered(made)
