"""When a system rests: hours, also over midnight, and maintenance, in the city's time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kernel.clock import CITY_TIME
from registry.contract import System
from registry.rest_times import in_hours, in_maintenance, rested, resting_until
from tests.connectors.made import made_system

REST = {
    "kind": "rest",
    "address": "XX_URL",
    "body": "json",
    "auth": {"kind": "bearer", "token": "XX_TOKEN"},
    "paging": {"kind": "page", "size": 10},
}


def system(**keys: object) -> System:
    return made_system(REST).model_copy(update=keys)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("hours", "now", "answers"),
    [
        ("09:00-17:00", "2026-11-26 08:59", False),
        ("09:00-17:00", "2026-11-26 09:00", True),
        ("09:00-17:00", "2026-11-26 16:59", True),
        ("09:00-17:00", "2026-11-26 17:00", False),
        ("22:00-06:00", "2026-11-26 21:59", False),
        ("22:00-06:00", "2026-11-26 22:00", True),
        ("22:00-06:00", "2026-11-26 00:00", True),
        ("22:00-06:00", "2026-11-26 05:59", True),
        ("22:00-06:00", "2026-11-26 06:00", False),
        ("00:00-23:59", "2026-11-26 23:59", False),
    ],
)
def test_hours_end_before_their_last_minute_and_may_go_over_midnight(
    hours: str, now: str, answers: bool
) -> None:
    assert in_hours(hours, at(now)) is answers
    assert (resting_until(system(hours=hours), at(now)) is None) is answers


@pytest.mark.parametrize(
    ("keys", "now", "until"),
    [
        ({"hours": "09:00-17:00"}, "2026-11-26 18:30", "2026-11-27 09:00"),
        ({"hours": "09:00-17:00"}, "2026-11-26 03:00", "2026-11-26 09:00"),
        ({"hours": "22:00-06:00"}, "2026-11-26 12:00", "2026-11-26 22:00"),
        ({"maintenance": ["Thu 02:00-04:00"]}, "2026-11-26 02:00", "2026-11-26 04:00"),
        ({"maintenance": ["Wed 23:00-02:00"]}, "2026-11-26 01:30", "2026-11-26 02:00"),
        (
            {"maintenance": ["2026-12-31 22:00/2027-01-01 06:00"]},
            "2027-01-01 05:59",
            "2027-01-01 06:00",
        ),
        (  # maintenance that reaches into the night: it answers again in the morning
            {"hours": "09:00-17:00", "maintenance": ["Thu 16:00-18:00"]},
            "2026-11-26 16:30",
            "2026-11-27 09:00",
        ),
    ],
)
def test_a_rest_ends_when_the_system_answers_again(
    keys: dict[str, object], now: str, until: str
) -> None:
    assert resting_until(system(**keys), at(now)) == at(until)


def test_maintenance_is_told_from_hours() -> None:
    one = system(hours="09:00-17:00", maintenance=["Thu 02:00-04:00"])
    assert in_maintenance(one, at("2026-11-26 03:00"))
    assert not in_maintenance(one, at("2026-11-26 05:00"))
    assert not in_maintenance(one, at("2026-11-25 03:00"))


def test_rested_counts_each_rest_once_and_only_within_the_span() -> None:
    one = system(hours="09:00-17:00", maintenance=["Thu 16:00-18:00"])
    day = rested(one, at("2026-11-26 00:00"), at("2026-11-27 00:00"))
    assert day == timedelta(hours=17)
    assert rested(one, at("2026-11-26 10:00"), at("2026-11-26 11:00")) == timedelta(0)
    assert rested(one, at("2026-11-26 08:00"), at("2026-11-26 09:30")) == timedelta(hours=1)
    assert rested(system(), at("2020-01-01 00:00"), at("2026-11-26 00:00")) == timedelta(0)
