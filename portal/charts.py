"""Charts that the server draws: plain numbers for SVG attributes. Each stands beside its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: A unit square for each county, as a visitor would look for it: (column, row). No real map.
PLACES: Mapping[str, tuple[int, int]] = {
    "兴国县": (2, 0), "宁都县": (3, 0), "石城县": (4, 0),
    "上犹县": (0, 1), "赣州经济技术开发区": (1, 1), "赣县区": (2, 1), "于都县": (3, 1),
    "瑞金市": (4, 1),
    "崇义县": (0, 2), "南康区": (1, 2), "章贡区": (2, 2), "会昌县": (3, 2), "寻乌县": (4, 2),
    "大余县": (0, 3), "蓉江新区": (1, 3), "信丰县": (2, 3), "安远县": (3, 3),
    "全南县": (1, 4), "龙南市": (2, 4), "定南县": (3, 4),
}  # fmt: skip
#: Names that are too long for a square.
SHORT = {"赣州经济技术开发区": "经开区"}


@dataclass(frozen=True)
class Column:
    """One day's column: `x`, `height` of 100, and what it stands for."""

    day: date
    x: int
    height: float
    value: int


@dataclass(frozen=True)
class Square:
    """One county's square. `shade`: 0 (no cases) to 5; `share`: None without cases."""

    name: str
    short: str
    x: int
    y: int
    shade: int
    share: int | None


def columns(values: Mapping[date, int], begin: date, end: date) -> list[Column]:
    """A column a day, empty days too; the highest is 100 high."""
    highest = max(values.values(), default=0) or 1
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return [
        Column(day, place, round(100 * values.get(day, 0) / highest, 1), values.get(day, 0))
        for place, day in enumerate(days)
    ]


def share_of(saved: int, *others: int) -> int | None:
    """Per cent of the papers that were not asked for; None without any."""
    whole = saved + sum(others)
    return None if whole == 0 else round(100 * saved / whole)


def squares(shares: Mapping[str, int | None]) -> list[Square]:
    """The counties' squares, row by row."""
    return [
        Square(name, SHORT.get(name, name), x, y, _shade(shares.get(name)), shares.get(name))
        for name, (x, y) in sorted(PLACES.items(), key=lambda one: (one[1][1], one[1][0]))
    ]


def bar(value: int, all_values: Sequence[int]) -> float:
    """How long a bar is, of 100, beside the longest."""
    longest = max(all_values, default=0)
    return round(100 * value / longest, 1) if longest else 0.0


def _shade(share: int | None) -> int:
    return 0 if share is None else min(5, 1 + share // 20)
