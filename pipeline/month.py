"""The monthly letter to a department: what was refused, by which few causes, whom it cost paper."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import Connection, text

from certs.sums.papers import Brought, brought
from certs.sums.period import Period
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from pipeline import standing
from pipeline.mending import owner_of
from registry import departments
from registry.contract import System

NONE = Brought(0, 0)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_CAUSES = text("""
SELECT system, stream, "column", rule, count(*) AS rows,
  count(*) FILTER (WHERE closed_at IS NULL) AS still_open
FROM landing.quarantine
WHERE system = ANY(:systems) AND first_seen >= :begin AND first_seen < :end
GROUP BY system, stream, "column", rule ORDER BY count(*) DESC, system, stream, "column", rule
""")


@dataclass(frozen=True)
class MonthCause:
    """Rows of one stream that broke one rule at one column for the first time in the month."""

    stream: str
    column: str | None
    rule: str
    rows: int
    open: int


@dataclass(frozen=True)
class OfSystem:
    """One system of the department. `owner`: who mends its rows."""

    code: str
    name: str
    owner: str
    causes: tuple[MonthCause, ...]
    brought: Brought

    @property
    def rows(self) -> int:
        """Rows refused in the month."""
        return sum(one.rows for one in self.causes)

    @property
    def open(self) -> int:
        """Of these, still refused."""
        return sum(one.open for one in self.causes)


@dataclass(frozen=True)
class Letter:
    """`month`: its first day. `whole`: the month is over; else the figures are of so far."""

    department: str
    month: date
    written: datetime
    whole: bool
    systems: tuple[OfSystem, ...]

    @property
    def rows(self) -> int:
        """Rows refused in the month, of all systems."""
        return sum(one.rows for one in self.systems)

    @property
    def open(self) -> int:
        """Of these, still refused."""
        return sum(one.open for one in self.systems)

    @property
    def traced(self) -> int:
        """Cases that certainly brought paper because of it."""
        return sum(one.brought.traced for one in self.systems)

    @property
    def possible(self) -> int:
        """Cases that may have."""
        return sum(one.brought.possible for one in self.systems)


def month_letter(house: House, department: str, month: str) -> Letter:
    """The letter of a month (2026-11). Raises BadInput on another form, an unknown department, or a
    month that has not begun."""
    if department not in departments.load():
        raise BadInput(f"没有“{department}”这个部门，可选的有：{'、'.join(departments.load())}。")
    now = house.clock()
    today = now.astimezone(CITY_TIME).date()
    of = month_of(month, today)
    mine = [one for one in standing.applied(house).values() if one.department == department]
    with house.engine.begin() as conn:
        causes = _causes(conn, of, [one.code for one in mine])
        cost = brought(conn, of, [code for code, found in causes.items() if found])
    systems = tuple(_of(one, causes, cost) for one in mine)
    shown = sorted(systems, key=lambda one: (-one.rows, one.code))
    return Letter(department, of.begin, now, of.end < today, tuple(shown))


def month_of(said: str, today: date) -> Period:
    """A month as typed. Raises BadInput."""
    found = _MONTH.fullmatch(said)
    if found is None:
        raise BadInput("月份写成 2026-11 这样。")
    year, number = int(found[1]), int(found[2])
    begin = date(year, number, 1)
    if begin > today:
        raise BadInput("这个月还没有开始。")
    return Period(begin, date(year, number, monthrange(year, number)[1]))


def _of(one: System, causes: dict[str, list[MonthCause]], cost: dict[str, Brought]) -> OfSystem:
    found = tuple(causes.get(one.code, ()))
    return OfSystem(one.code, one.name, owner_of(one), found, cost.get(one.code, NONE))


def _causes(conn: Connection, of: Period, systems: Collection[str]) -> dict[str, list[MonthCause]]:
    begin = datetime.combine(of.begin, clock_time.min, CITY_TIME)
    end = datetime.combine(of.end + timedelta(days=1), clock_time.min, CITY_TIME)
    where = {"systems": sorted(systems), "begin": begin, "end": end}
    found: dict[str, list[MonthCause]] = {}
    for row in conn.execute(_CAUSES, where):
        cause = MonthCause(row.stream, row.column, row.rule, row.rows, row.still_open)
        found.setdefault(row.system, []).append(cause)
    return found
