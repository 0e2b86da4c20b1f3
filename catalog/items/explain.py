"""Why an answer was given, in a sentence that a clerk understands. Only facts of the two names."""

from __future__ import annotations

from collections.abc import Callable

from catalog.items import things
from catalog.items.bag import Bag, bag
from catalog.items.words import act_words

PROCEDURES = {
    "permit": "许可",
    "handle": "办理",
    "filing": "备案",
    "register": "登记",
    "recognise": "认定",
    "query": "查询",
    "consult": "咨询",
    "pay": "给付",
    "levy": "征收",
    "accept": "验收",
    "inspect": "检查",
    "report": "报告",
    "settle": "裁决",
    "proof": "证明",
    "punish": "处罚",
    "": "未写明",
}
SHOWN = 3  # words of a difference


def same(local: str, canonical: str) -> str:
    """Why two names are one item."""
    mine, theirs = bag(local), bag(canonical)
    act = act_words(mine.acts)
    here, there = _more(mine, theirs), _more(theirs, mine)
    if not here and not there:
        return f"对象相同，行为都是“{act}”，仅措辞或语序不同"
    parts = [
        *([f"本名称多“{here}”"] if here else []),
        *([f"基本目录多“{there}”"] if there else []),
    ]
    return f"行为都是“{act}”，对象相符，{'，'.join(parts)}，不改变事项"


def narrower(local: str, canonical: str) -> str:
    """Why a name is one case of an item."""
    mine, theirs = bag(local), bag(canonical)
    if mine.acts < theirs.acts:
        return f"“{canonical}”包括{act_words(theirs.acts)}，本名称只是其中的{act_words(mine.acts)}"
    if facts := mine.aspects - theirs.aspects:
        return f"是“{canonical}”的一种情形：只变更{'、'.join(sorted(facts))}"
    here = _more(mine, theirs)
    return f"是“{canonical}”的一种情形" + (f"：本名称限定为“{here}”" if here else "")


def broader(local: str, canonicals: list[str]) -> str:
    """Why a name covers items."""
    mine = bag(local)
    named = "、".join(f"“{name}”" for name in canonicals[:SHOWN])
    more = "等" if len(canonicals) > SHOWN else ""
    acts = {act for name in canonicals for act in bag(name).acts}
    if len(mine.acts) > 1 and acts <= mine.acts:
        return f"一个名称写了{act_words(mine.acts)}，基本目录分为{named}{more}{len(canonicals)}项"
    if len(canonicals) == 1:
        bounds = _more(bag(canonicals[0]), mine)
        return f"范围比{named}宽" + (f"：该事项限于“{bounds}”" if bounds else "")
    return f"名称没有写明是哪一项，基本目录分为{named}{more}{len(canonicals)}项"


def none(local: str, nearest: str | None, guard: str) -> str:
    """Why a name is no item of the list."""
    if nearest is None:
        return "基本目录中没有相近的事项"
    return f"最相近的是“{nearest}”，但{against(local, nearest, guard)}，不是同一事项"


def against(local: str, canonical: str, guard: str) -> str:
    """What speaks against two names being one."""
    mine, theirs = bag(local), bag(canonical)
    if not guard and not mine.acts & theirs.acts:
        guard = "acts"
    return _AGAINST[guard](mine, theirs)


def _objects(mine: Bag, theirs: Bag) -> str:
    here, there = _more(mine, theirs), _more(theirs, mine)
    if here and there:
        return f"对象不同（“{here}”/“{there}”）"
    if here or there:
        return f"{'本名称' if here else '该事项'}多出“{here or there}”"
    return "依据不足以认定"


def _list(found: frozenset[str]) -> str:
    return "、".join(sorted(found)) or "未写明"


def _apart(mine: Bag, theirs: Bag) -> str:
    there = dict(theirs.marks)
    for line, bits in mine.marks:
        if line in there and not bits & there[line]:
            return f"“{_word(line, bits)}”与“{_word(line, there[line])}”在法律上不同"
    return "一个写明了等级或类别，另一个没有"


def _word(line: int, bits: int) -> str:
    return "、".join(word for n, word in enumerate(things.load().apart[line]) if bits >> n & 1)


def _more(mine: Bag, theirs: Bag) -> str:
    """Words of the one that the other does not have, in the name's order."""
    there = {*theirs.words, *theirs.light, *theirs.bounds, *theirs.included}
    text = theirs.text + "".join(theirs.bounds)
    found = [w for w in (*mine.words, *mine.bounds) if w not in there and w not in text]
    shown = "、".join(dict.fromkeys(found[: SHOWN * 2]))
    return shown if any(len(word) > 1 for word in found) or len(found) < 3 else "".join(found[:8])


_AGAINST: dict[str, Callable[[Bag, Bag], str]] = {
    "": _objects,
    "acts": lambda a, b: f"行为不同（{act_words(a.acts)}/{act_words(b.acts)}）",
    "apart": _apart,
    "grade": _apart,
    "part": lambda _, __: "一个包括的类别比另一个多",
    "filing": lambda a, b: f"一个是{PROCEDURES[a.procedure]}，一个是{PROCEDURES[b.procedure]}",
    "aspects": lambda a, b: f"变更的内容不同（{_list(a.aspects)}/{_list(b.aspects)}）",
    "excluded": lambda _, __: "括号内排除的范围不同",
}
