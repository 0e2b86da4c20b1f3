"""Moments in a source's form: a look-back, a cursor that never goes back, the ends of a period."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from connectors.frames import Row
from connectors.times import in_period, instant, look_back, moment_of, not_behind
from kernel.errors import BadInput, PersonMustAct
from tests.connectors.made import made_rows, made_stream, time_at


def since(at: str) -> str:
    return json.dumps({"since": at})


@pytest.mark.parametrize(
    ("at", "span", "earlier"),
    [
        ("2026-11-20 01:30:00", "2h", "2026-11-19 23:30:00"),
        ("2026-03-01 08:00:00.123", "3d", "2026-02-26 08:00:00.123"),
        ("2026-11-20T01:30:00+08:00", "2h", "2026-11-19T23:30:00+08:00"),
        ("2026-11-20T01:30:00.5Z", "1d", "2026-11-19T01:30:00.5Z"),
        ("1763573400000", "2h", "1763566200000"),
        ("1000000000000", "2h", "999992800000"),  # a digit less
    ],
)
def test_a_look_back_is_earlier_in_the_sources_own_form(at: str, span: str, earlier: str) -> None:
    back = look_back(made_stream(lookback=span), since(at))
    assert back == since(earlier)
    assert not_behind(since(at), back) is None
    assert not_behind(back, since(at)) == since(at)


def test_without_a_look_back_or_a_cursor_nothing_changes() -> None:
    assert look_back(made_stream(), since("2026-11-20 01:30:00")) == since("2026-11-20 01:30:00")
    assert look_back(made_stream(lookback="2h"), None) is None
    assert not_behind(None, since("2026-11-20 01:30:00")) == since("2026-11-20 01:30:00")
    assert not_behind(since("2026-11-20 01:30:00"), None) is None


def test_a_cursor_without_a_time_cannot_look_back() -> None:
    with pytest.raises(PersonMustAct, match="holds no time to look back from"):
        look_back(made_stream(lookback="2h"), json.dumps({"batch": "7"}))
    with pytest.raises(PersonMustAct, match="holds no time to look back from"):
        look_back(made_stream(lookback="2h"), since("20.11.2026"))


@pytest.mark.parametrize(
    ("times", "said", "form"),
    [
        ("text", "2024-01-31", "2024-01-31 00:00:00"),
        ("text", "2024-01-31 08:30", "2024-01-31 08:30:00"),
        ("iso", "2024-01-31", "2024-01-31T00:00:00+08:00"),
        ("epoch_ms", "2024-01-31 08:00:00", "1706659200000"),
    ],
)
def test_a_day_that_a_person_says_is_the_citys(times: str, said: str, form: str) -> None:
    assert moment_of(made_stream(times=times), said) == form
    assert instant(form) == instant(said)


@pytest.mark.parametrize("said", ["31.1.2024", "2024-02-31", "yesterday", "1706659200000", ""])
def test_another_way_to_write_a_day_is_refused(said: str) -> None:
    with pytest.raises(BadInput, match='write "2024-01-31"'):
        moment_of(made_stream(), said)


def test_a_period_has_its_first_moment_and_not_its_last_and_reading_ends_behind_it() -> None:
    rows = made_rows(100, a_second=1)
    pages: Iterator[list[Row]] = iter([[*rows[i : i + 10]] for i in range(0, 100, 10)])
    found = [row["id"] for page in in_period(made_stream(), pages, time_at(15), time_at(32))
             for row in page]  # fmt: skip
    assert found == [f"r{n:06}" for n in range(15, 32)]
    assert len(list(pages)) == 6


def test_a_period_of_a_list_seen_out_of_order_is_read_to_its_end() -> None:
    rows = made_rows(30, a_second=1)
    mixed = [rows[1], rows[0], *rows[20:], *rows[2:20]]
    pages: list[list[Row]] = [[*mixed[i : i + 5]] for i in range(0, 30, 5)]
    found = [row["id"] for page in in_period(made_stream(), pages, time_at(3), time_at(6))
             for row in page]  # fmt: skip
    assert found == ["r000003", "r000004", "r000005"]
