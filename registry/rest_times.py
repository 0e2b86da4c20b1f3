"""When a system rests by its contract: outside its hours, and in maintenance. All in city time.

Hours say when it answers, `09:00-17:00` or over midnight `22:00-06:00`. Maintenance says when it
does not: `Sun 02:00-04:00` each week, or once `2026-12-31 22:00/2027-01-01 06:00`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from kernel.clock import CITY_TIME
from registry.contract import System

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_HOURS = re.compile(rf"({_CLOCK})-({_CLOCK})")
_WEEKLY = re.compile(rf"({'|'.join(WEEKDAYS)}) ({_CLOCK})-({_CLOCK})")
_MOMENT = rf"\d{{4}}-\d{{2}}-\d{{2}} {_CLOCK}"
_ONCE = re.compile(rf"({_MOMENT})/({_MOMENT})")
#: A weekly pattern repeats within this span; a rest without end within it has no end to name.
_WEEK = timedelta(days=8)

Span = tuple[datetime, datetime]


def are_hours(text: str) -> bool:
    """Whether it is hours of the day, the first not the last."""
    found = _HOURS.fullmatch(text)
    return found is not None and found[1] != found[2]


def is_maintenance(text: str) -> bool:
    """Whether it is a weekly window or one with its first and last moment."""
    weekly = _WEEKLY.fullmatch(text)
    if weekly is not None:
        return weekly[2] != weekly[3]
    once = _ONCE.fullmatch(text)
    if once is None:
        return False
    try:
        return _moment(once[1]) < _moment(once[2])
    except ValueError:
        return False


def in_hours(hours: str | None, now: datetime) -> bool:
    """Whether a system with these hours answers now; None: always."""
    return hours is None or not any(a <= now < b for a, b in _closed(hours, now, now))


def resting_until(system: System, now: datetime) -> datetime | None:
    """When a system that rests now answers again; None when it does not rest."""
    for begin, end in _rests(system, now, now + _WEEK):
        if begin <= now < end:
            return end
    return None


def in_maintenance(system: System, now: datetime) -> bool:
    """Whether a maintenance window is open now."""
    spans = (one for text in system.maintenance for one in _windows(text, now, now))
    return any(begin <= now < end for begin, end in spans)


def rested(system: System, since: datetime, until: datetime) -> timedelta:
    """How much of the time between two moments the system rested."""
    spans = _rests(system, since, until)
    shares = (min(end, until) - max(begin, since) for begin, end in spans)
    return sum((share for share in shares if share > timedelta(0)), timedelta(0))


def _rests(system: System, since: datetime, until: datetime) -> list[Span]:
    """The rests that touch a span, in order, joined where they touch each other."""
    found = [one for text in system.maintenance for one in _windows(text, since, until)]
    if system.hours is not None:
        found += _closed(system.hours, since, until)
    joined: list[Span] = []
    for begin, end in sorted(found):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _closed(hours: str, since: datetime, until: datetime) -> list[Span]:
    first, last = hours.split("-")
    ends = [(_at(day, last), day) for day in _days(since, until)]
    overnight = first > last
    return [(end, _at(day if overnight else day + timedelta(days=1), first)) for end, day in ends]


def _windows(text: str, since: datetime, until: datetime) -> list[Span]:
    if "/" in text:
        first, last = text.split("/")
        return [(_moment(first), _moment(last))]
    weekday, hours = text.split(" ")
    first, last = hours.split("-")
    over = timedelta(days=1 if first > last else 0)
    days = [day for day in _days(since, until) if WEEKDAYS[day.weekday()] == weekday]
    return [(_at(day, first), _at(day + over, last)) for day in days]


def _days(since: datetime, until: datetime) -> Iterator[date]:
    """The city's days of a span, and the day before, whose night reaches into it."""
    day = since.astimezone(CITY_TIME).date() - timedelta(days=1)
    while day <= until.astimezone(CITY_TIME).date():
        yield day
        day += timedelta(days=1)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), CITY_TIME)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CITY_TIME)


def forms() -> Sequence[str]:
    """How a maintenance window is written, for the sentences."""
    return ('"Sun 02:00-04:00"', '"2026-12-31 22:00/2027-01-01 06:00"')
