"""The days that sums are of, and what they are narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kernel.errors import BadInput

#: The longest period: a year and its leap day.
LONGEST = 366
USUAL = 30
EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True)
class Period:
    """From `begin` to `end`, both counted."""

    begin: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.begin).days + 1

    def spans(self) -> list[tuple[Literal["day", "month"], date, date]]:
        """(grain, first, last): its whole months by the first of each, and the days beside them."""
        first = self.begin if self.begin.day == 1 else _next_month(self.begin)
        after = _next_month(self.end) if _ends_month(self.end) else self.end.replace(day=1)
        if first >= after:
            return [("day", self.begin, self.end)]
        eve, last = first - timedelta(days=1), (after - timedelta(days=1)).replace(day=1)
        parts: list[tuple[Literal["day", "month"], date, date]] = [("month", first, last)]
        if self.begin <= eve:
            parts.append(("day", self.begin, eve))
        if after <= self.end:
            parts.append(("day", after, self.end))
        return parts


def period(begin: str, end: str, today: date) -> Period:
    """Days as typed (2026-07-01); left out: the last thirty. Raises BadInput, in Chinese."""
    until = day_of(end) if end else today
    since = day_of(begin) if begin else until - timedelta(days=USUAL - 1)
    if since > until:
        raise BadInput("开始日期不能晚于结束日期。")
    found = Period(since, until)
    if found.days > LONGEST:
        raise BadInput(f"一次最多统计 {LONGEST} 天，请缩短日期范围。")
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def day_of(said: str) -> date:
    """A day as typed. Raises BadInput."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        raise BadInput("日期写成 2026-07-01 这样。") from None
    if not EARLIEST <= found.year <= LATEST:
        raise BadInput(f"日期应在 {EARLIEST} 年至 {LATEST} 年之间。")
    return found
