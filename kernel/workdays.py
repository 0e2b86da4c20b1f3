"""Working days: Monday to Friday.

Statutory holidays and the days worked in their place are decided year by year and are not known
here; a limit counted without them ends earlier than the law's, never later.
"""

from __future__ import annotations

from datetime import date, timedelta

SATURDAY = 5


def working_days_after(day: date, days: int) -> date:
    """The last day of a limit of so many working days that begins on the day after `day`."""
    last = day
    for _ in range(days):
        last += timedelta(days=1)
        while last.weekday() >= SATURDAY:
            last += timedelta(days=1)
    return last
