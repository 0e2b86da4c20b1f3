"""Training names made from the canonical list by rules of wording: no labelled name is in them.

Official lists differ in ways that are known: a grant's words, brackets of level, typing mistakes,
names cut off, a plain name for several bracketed ones. Each made name has its label by the rule
that made it, so the model learns what such differences mean from many examples.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.items.bag import bag
from catalog.items.parse import GRANT, normal_form

SWAPS = (
    ("许可证核发", "许可"),
    ("许可证核发", "审批"),
    ("许可", "许可证核发"),
    ("审批", "许可"),
    ("许可", "审批"),
    ("审批", "核准"),
    ("核发", "办理"),
    ("审批", "的审批"),
    ("许可", "的许可"),
    ("备案", "的备案"),
    ("、", "和"),
    ("或者", "或"),
    ("登记", "登记审批"),
    ("申领", "申请"),
    ("申请", "办理"),
    ("发放", "给付"),
    ("补办", "遗失补办"),
    ("补办", "补发"),
    ("延续", "延期"),
    ("延续", "延续审批"),
    ("新办", ""),
    ("变更", "信息变更"),
    ("核发", ""),
    ("审批", ""),
    ("许可", ""),
    ("注销", "注销审批"),
    ("变更", "变更审批"),
    ("备案", "备案登记"),
    ("认定", "认定审批"),
    ("设立登记", "设立"),
    ("变更登记", "变更"),
    ("注销登记", "注销"),
    ("查询", "信息查询"),
    ("支付", "报销"),
    ("经营许可", "经营许可证核发"),
    ("执业许可", "执业许可证核发"),
    ("申请", "申报"),
)
SLIPS = "申中征证章其企化式日旦市巾未末侯候"
BOUNDS = (
    *("个人", "单位", "地下水", "地表水", "批发", "零售", "外商投资"),
    *("大型", "第二类", "非营利性", "营利性", "省外", "农村", "法人"),
    *("自然人", "境外", "甲级", "乙级", "二级", "三级", "食盐"),
    *("水路", "电梯", "住宿场所", "美容美发", "旅游包车", "市区内"),
)
FACTS = ("法定代表人", "名称", "地址", "住所", "负责人", "经营范围", "注册资本", "股东", "经营场所")
CHANGES = ("变更", "变更登记", "变更审批")
_TWO = re.compile(r"(?<![\u4e00-\u9fff、])([\u4e00-\u9fff]{2})、([\u4e00-\u9fff]{2})(?!、)")
LEVELS = ("（区级）", "（告知承诺）", "（市级权限）", "（县级权限）", "（县级）", "（市级）")


@dataclass(frozen=True)
class Made:
    """A made name with the row of the canonical list that it comes from."""

    name: str
    parent: str
    department: str
    relation: str
    rows: tuple[int, ...]
    besides: tuple[int, ...] = ()  # rows about which nothing is said


class _Maker:
    """The canonical list by what its items share."""

    def __init__(self, items: list[dict[str, str]], seed: int) -> None:
        self.items = items
        self.chance = random.Random(seed)
        self.bags = [bag(item["name"]) for item in items]
        self.alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        self.plain: dict[tuple[object, ...], list[int]] = defaultdict(list)
        self.children: dict[str, list[int]] = defaultdict(list)
        self.named: dict[str, list[int]] = defaultdict(list)
        for row, (item, one) in enumerate(zip(items, self.bags, strict=True)):
            self.alike[one.words, one.acts, one.bounds, one.excluded].append(row)
            self.plain[one.words, one.acts].append(row)
            self.named[item["name"]].append(row)
            if item["main_item"] and item["main_item"] != item["name"]:
                self.children[item["main_item"]].append(row)

    def of_item(self, row: int) -> Iterator[Made]:
        """The item itself as a name without a partner; reworded; cases of it; without a bracket."""
        item, one = self.items[row], self.bags[row]
        same = self.alike[one.words, one.acts, one.bounds, one.excluded]
        family = (*self.children[item["name"]], *self.named[item["main_item"]])
        besides = tuple({*same, *family} - {row})
        main = item["main_item"] if self.chance.random() < 0.4 else ""
        where = main, (item["department"] if self.chance.random() < 0.5 else "")
        yield Made(item["name"], *where, "none", (), (row, *besides))
        for _ in range(2):
            yield Made(reworded(item["name"], self.chance), *where, "same", (row,), besides)
        for name in (*self._changed(row), *self._one_of_two(row)):
            yield Made(name, *where, "narrower", (row,), besides)
        name, alike = normal_form(item["name"]), self.plain[one.words, one.acts]
        if "(" not in name:
            if self.chance.random() < 0.5:
                bounded = f"{item['name']}（{self.chance.choice(BOUNDS)}）"
                yield Made(bounded, *where, "narrower", (row,), (*besides, *alike))
            return
        bare = re.sub(r"\([^()]*\)?", "", name)
        if bag(bare).acts == one.acts and row == alike[0]:
            relation = "same" if len(alike) == 1 else "broader"
            yield Made(bare, *where, relation, tuple(alike), besides)

    def of_main(self, main: str) -> Iterator[Made]:
        """A main item's name: all the acts that it says, or its first grants."""
        rows, acts = self.children[main], bag(main).acts
        if len(acts) > 1:
            if covered := [row for row in rows if self.bags[row].acts <= acts | {GRANT}]:
                yield Made(main, "", "", "broader", tuple(covered), tuple(rows))
            return
        grants = [row for row in rows if self.bags[row].acts == {GRANT}]
        if grants and main not in self.named:
            relation = "same" if len(grants) == 1 else "broader"
            for department in ("", *sorted({self.items[row]["department"] for row in rows})):
                yield Made(main, "", department, relation, tuple(grants), tuple(rows))

    def _changed(self, row: int) -> Iterator[str]:
        """A change of one fact only."""
        name = normal_form(self.items[row]["name"])
        if name.endswith(CHANGES) and not self.bags[row].aspects:
            fact = self.chance.choice(FACTS)
            turned = (f"变更{fact}", f"{fact}变更")[self.chance.random() < 0.5]
            yield name.replace("变更", turned, 1)

    def _one_of_two(self, row: int) -> Iterator[str]:
        """One of two things listed."""
        name = normal_form(self.items[row]["name"])
        if found := _TWO.search(name):
            kept = found.group(1 if self.chance.random() < 0.5 else 2)
            yield name[: found.start()] + kept + name[found.end() :]


def make(items: list[dict[str, str]], seed: int = 7) -> Iterator[Made]:
    """Names by rule; the same seed gives the same names."""
    maker = _Maker(items, seed)
    for row in range(len(items)):
        yield from maker.of_item(row)
    for main in tuple(maker.children):
        if maker.children[main]:
            yield from maker.of_main(main)


def reworded(name: str, chance: random.Random) -> str:
    """The same said otherwise: another grant word, a level, a slip of the pen, an end cut off."""
    name = normal_form(name)
    way = chance.choice(("swap", "swap", "two swaps", "slip", "level", "about", "cut"))
    if "swap" in way:
        for _ in range(2 if way == "two swaps" else 1):
            if fits := [swap for swap in SWAPS if swap[0] in name]:
                name = name.replace(*chance.choice(fits), 1)
    elif way == "slip" and len(name) > 7:
        at = chance.randrange(1, len(name) - 1)
        name = name[:at] + chance.choice(("", chance.choice(SLIPS))) + name[at + 1 :]
    elif way == "level":
        name += chance.choice(LEVELS)
    elif way == "about":
        name = "对" + name.replace("审批", "的审批")
    elif way == "cut" and len(name) > 16:
        name = name[: -chance.randrange(1, 4)]
    return name
