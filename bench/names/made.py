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

from catalog.items.bag import Bag, bag
from catalog.items.parse import GRANT, normal_form

SWAPS = (
    ("许可证核发", "许可"), ("许可证核发", "审批"), ("许可", "许可证核发"), ("审批", "许可"), ("许可", "审批"),
    ("审批", "核准"), ("核发", "办理"), ("审批", "的审批"), ("许可", "的许可"), ("备案", "的备案"), ("、", "和"),
    ("或者", "或"), ("登记", "登记审批"), ("申领", "申请"), ("申请", "办理"), ("发放", "给付"), ("补办", "遗失补办"),
    ("补办", "补发"), ("延续", "延期"), ("延续", "延续审批"), ("新办", ""), ("变更", "信息变更"), ("核发", ""),
    ("审批", ""), ("许可", ""), ("注销", "注销审批"), ("变更", "变更审批"), ("备案", "备案登记"), ("认定", "认定审批"),
)  # fmt: skip
SLIPS = "申中征证章其企化式日旦市巾未末侯候"
BOUNDS = (
    "个人", "单位", "地下水", "地表水", "批发", "零售", "外商投资", "大型", "第二类", "非营利性", "营利性", "省外", "农村", "法人",
    "自然人", "境外", "甲级", "乙级", "二级", "三级", "食盐", "水路", "电梯", "住宿场所", "美容美发", "旅游包车", "市区内",
)  # fmt: skip
FACTS = ("法定代表人", "名称", "地址", "住所", "负责人", "经营范围", "注册资本", "股东", "经营场所")
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


def make(items: list[dict[str, str]], seed: int = 7) -> Iterator[Made]:
    """Names by rule; the same seed gives the same names."""
    chance = random.Random(seed)
    bags = [bag(item["name"]) for item in items]
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    plain: dict[tuple[object, ...], list[int]] = defaultdict(list)
    children: dict[str, list[int]] = defaultdict(list)
    for row, (item, one) in enumerate(zip(items, bags, strict=True)):
        alike[one.words, one.acts, one.bounds, one.excluded].append(row)
        plain[one.words, one.acts].append(row)
        if item["main_item"] and item["main_item"] != item["name"]:
            children[item["main_item"]].append(row)
    for row, (item, one) in enumerate(zip(items, bags, strict=True)):
        same = alike[one.words, one.acts, one.bounds, one.excluded]
        family = [
            r
            for r in range(len(items))
            if items[r]["main_item"] == item["name"] or item["main_item"] == items[r]["name"]
        ]
        besides = tuple({*same, *family} - {row})
        where = (
            item["main_item"] if chance.random() < 0.4 else "",
            item["department"] if chance.random() < 0.5 else "",
        )
        yield Made(item["name"], *where, "none", (), (row, *besides))
        for _ in range(2):
            yield Made(reworded(item["name"], chance), *where, "same", (row,), besides)
        yield from _cases(item, row, one, besides, where, chance)
        yield from _bounded(item, row, one.acts, plain[one.words, one.acts], besides, where, chance)
    for main, rows in children.items():
        grants = [r for r in rows if bags[r].acts == {GRANT}]
        named = {items[r]["department"] for r in rows}
        several = bag(main).acts
        if len(several) > 1 and (covered := [r for r in rows if bags[r].acts <= several | {GRANT}]):
            yield Made(main, "", "", "broader", tuple(covered), tuple(rows))
        if (
            grants
            and all(items[r]["name"] != main for r in range(len(items)))
            and len(bag(main).acts) == 1
        ):
            for department in ("", *named):
                relation = "same" if len(grants) == 1 else "broader"
                yield Made(main, "", department, relation, tuple(grants), tuple(rows))


def _bounded(
    item: dict[str, str],
    row: int,
    acts: frozenset[str],
    alike: list[int],
    besides: tuple[int, ...],
    where: tuple[str, str],
    chance: random.Random,
) -> Iterator[Made]:
    """With one bracket more: a case of it. Without its own: it, or all that differ in it alone."""
    name = normal_form(item["name"])
    if "(" not in name:
        if chance.random() < 0.5:
            yield Made(
                f"{item['name']}（{chance.choice(BOUNDS)}）",
                *where,
                "narrower",
                (row,),
                (*besides, *alike),
            )
        return
    bare = re.sub(r"\([^()]*\)?", "", name)
    if bag(bare).acts == acts and row == alike[0]:
        relation = "same" if len(alike) == 1 else "broader"
        yield Made(bare, *where, relation, tuple(alike), besides)


def _cases(
    item: dict[str, str],
    row: int,
    one: Bag,
    besides: tuple[int, ...],
    where: tuple[str, str],
    chance: random.Random,
) -> Iterator[Made]:
    """A change of one fact; one of two things listed: both are cases of the item."""
    name = normal_form(item["name"])
    if name.endswith(("变更", "变更登记", "变更审批")) and not one.aspects:
        fact = chance.choice(FACTS)
        changed = (
            name.replace("变更", f"变更{fact}", 1)
            if chance.random() < 0.5
            else name.replace("变更", f"{fact}变更", 1)
        )
        yield Made(changed, *where, "narrower", (row,), besides)
    if found := _TWO.search(name):
        kept = found.group(1 if chance.random() < 0.5 else 2)
        yield Made(
            name[: found.start()] + kept + name[found.end() :], *where, "narrower", (row,), besides
        )


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
