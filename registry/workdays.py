"""Working days: Monday to Friday, but for the holidays that `holidays.yml` lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Annotated

from pydantic import Field as Key

from registry.named import HERE, Named, load_named
from registry.parts import Day, Text

FILE = HERE / "holidays.yml"
DAY = timedelta(days=1)
_Span = Annotated[str, Key(pattern=r"^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$")]


class Year(Named):
    """One year's notice: spans of days off (both ends included), weekend days that are worked."""

    document: Text
    free: list[_Span]
    worked: list[Day]


@cache
def load() -> Mapping[str, Year]:
    """The notices by year. Read once; raises BadContract."""
    return MappingProxyType(load_named(FILE, Year))


@cache
def _days() -> tuple[frozenset[date], frozenset[date]]:
    """Days off, and days worked all the same."""
    off: set[date] = set()
    for year in load().values():
        for span in year.free:
            first, last = (date.fromisoformat(one) for one in span.split(".."))
            off |= {first + n * DAY for n in range((last - first).days + 1)}
    worked = {date.fromisoformat(one) for year in load().values() for one in year.worked}
    return frozenset(off), frozenset(worked)


def known(day: date) -> bool:
    """Whether the holidays of that day's year are listed."""
    return str(day.year) in load()


def is_working(day: date) -> bool:
    """Whether offices are open on that day."""
    off, worked = _days()
    return day in worked or (day.weekday() < 5 and day not in off)


def after(day: date, number: int) -> date:
    """The last of `number` working days that begin the day after `day`."""
    while number > 0:
        day += DAY
        number -= is_working(day)
    return day


def between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and with `last`; 0 when it is not later."""
    return sum(is_working(first + n * DAY) for n in range(1, (last - first).days + 1))
