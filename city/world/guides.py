"""What guides say of steps, results and fees: the same flow in each county's own hand."""

from __future__ import annotations

import re
from random import Random
from typing import Any, Final

from city.world.catalogue import Canonical
from city.world.materials import act_of
from city.world.places import County

#: Steps by type of item; the first is what most counties do.
STEPS: Final[dict[str, tuple[str, ...]]] = {
    "行政许可": (
        "受理 审查 决定 送达", "收件 受理 审查 现场踏勘 决定 制证 送达", "申请 受理 审核 审批 办结",
    ),
    "行政给付": ("申请 初审 公示 审核 发放", "申请 受理 审核 发放"),
    "行政确认": ("受理 审查 决定 送达", "申请 受理 审核 办结"),
    "公共服务": ("受理 办结", "申请 受理 办理 办结"),
}  # fmt: skip
OTHER: Final = ("受理 审查 办结", "申请 受理 审核 办结 送达")
#: A county's hand: what stands between two steps, before one, around its days.
HANDS: Final = (
    ("→", "", "（{}个工作日）"), ("；", "{}.", "（{}个工作日）"), ("、", "", ""),
    ("；", "", "：{}"), ("\n", "第{}步：", "（{}个工作日）"), ("-", "", ""),
)  # fmt: skip
ORDINALS: Final = "一二三四五六七八九十"
RESULTS: Final = {
    "cancel": "准予注销通知书", "ask": "办理结果告知单", "replace": "补（换）发的证件",
    "change": "变更后的证件",
}  # fmt: skip
FEES: Final = ("每证10元", "每件20元，工本费另计", "按物价部门核定标准收取")
FEE_BASIS: Final = "《江西省行政事业性收费目录清单》（沙盒示例）"


class GuideMaker:
    """The base catalogue names results alone; a county's guide adds its steps and fees.

    Its own random numbers: the city's other rows stay as they are without it.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def canonical(self, one: Canonical) -> dict[str, Any]:
        """The base catalogue's row."""
        return {"results": result_of(one)}

    def of(self, one: Canonical, county: County | None, row: dict[str, Any]) -> dict[str, Any]:
        """A guide of the city or of a county."""
        place = county.division if county else "city"
        rng = Random(f"guide/{self.seed}/{place}/{row['code']}")
        hand = HANDS[Random(f"hand/{self.seed}/{place}").randrange(len(HANDS))]
        ways = STEPS.get(one.task_type, OTHER)
        names = rng.choices(ways, [3, *[1] * (len(ways) - 1)])[0].split()
        result = result_of(one) if rng.random() < 0.9 else None
        marked = f"《{result}》" if result and rng.random() < 0.3 else result
        fee = rng.choice(FEES) if row["fee"] == "true" else None
        return {
            "steps": _written(names, hand, int(row["promise_days"])),
            "results": marked,
            "fee_standard": fee,
            "fee_basis": FEE_BASIS if fee else None,
        }


def result_of(one: Canonical) -> str:
    """What one gets when the item is granted."""
    act = act_of(one.name)
    if act in RESULTS:
        return RESULTS[act]
    bare = re.sub(r"[（(][^（）()]*[）)]", "", one.name)
    if found := re.search(r"([\w·]{2,20}?(?:许可证|资格证|执业证|证书|登记证))", bare):
        return found[1]
    if found := re.fullmatch(r"([\w·]{2,20}?)许可(?:审批|核发)?", bare):
        return f"{found[1]}许可证"
    return "准予行政许可决定书" if one.task_type == "行政许可" else f"{bare[:40]}结果"


def _written(names: list[str], hand: tuple[str, str, str], days: int) -> str:
    between, before, told = hand
    share = _shared(days, len(names)) if told and days >= len(names) else [None] * len(names)
    parts = []
    for n, (name, each) in enumerate(zip(names, share, strict=True)):
        number = ORDINALS[n] if "第" in before else n + 1
        parts.append(before.format(number) + name + (told.format(each) if each else ""))
    return between.join(parts)


def _shared(days: int, steps: int) -> list[int | None]:
    """Working days of each step: one each, the rest for the second (the review)."""
    return [1 + (days - steps if n == 1 else 0) for n in range(steps)]
