"""The clock: one place that reads the time, so that tests can stop it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

Clock = Callable[[], datetime]

#: The city's time zone (no daylight saving since 1991).
CITY_TIME = timezone(timedelta(hours=8), "CST")


def system_clock() -> datetime:
    """Now, in UTC, with a time zone."""
    return datetime.now(UTC)


def stopped_clock(at: datetime) -> Clock:
    """A clock that always says `at`, for tests."""
    return lambda: at
