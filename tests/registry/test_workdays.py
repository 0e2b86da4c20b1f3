"""Working days: weekends, holidays, and weekend days that are worked."""

from __future__ import annotations

from datetime import date

import pytest

from registry import workdays


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 10, 5), False),  # a Monday of the National Day
        (date(2026, 10, 10), True),  # a Saturday worked for it
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
    ],
)
def test_a_day_is_worked_or_not(day: date, works: bool) -> None:
    assert workdays.is_working(day) == works


def test_ten_working_days_leap_over_the_spring_festival() -> None:
    assert workdays.after(date(2026, 2, 12), 10) == date(2026, 3, 4)
    assert workdays.between(date(2026, 2, 12), date(2026, 3, 4)) == 10
    assert workdays.between(date(2026, 3, 4), date(2026, 2, 12)) == 0


def test_a_year_without_its_notice_says_so() -> None:
    assert (workdays.known(date(2026, 5, 1)), workdays.known(date(2030, 5, 1))) == (True, False)
