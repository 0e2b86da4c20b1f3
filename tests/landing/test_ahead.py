"""Reading ahead gives the same things in the same order, one at a time, and lets go."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from landing.ahead import ahead


def test_order_is_kept_through_several_stages() -> None:
    doubled = ahead(2 * n for n in ahead(range(500)))
    assert list(doubled) == [2 * n for n in range(500)]


def test_nothing_gives_nothing() -> None:
    assert list(ahead([])) == []


def test_at_most_one_is_made_before_it_is_asked_for() -> None:
    made: list[int] = []
    second = threading.Event()

    def making() -> Iterator[int]:
        for n in range(10):
            made.append(n)
            if n == 1:
                second.set()
            yield n

    things = ahead(making())
    assert next(things) == 0
    assert second.wait(10)
    assert made == [0, 1]
    things.close()  # type: ignore[attr-defined]
    assert made == [0, 1]


def test_an_error_comes_where_its_thing_would_have() -> None:
    def making() -> Iterator[int]:
        yield 1
        raise ValueError("the second cannot be made")

    things = ahead(making())
    assert next(things) == 1
    with pytest.raises(ValueError, match="second"):
        next(things)


def test_a_reader_that_stops_closes_what_makes() -> None:
    closed = threading.Event()

    def making() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            closed.set()

    for thing in ahead(making()):
        if thing == 3:
            break
    assert closed.is_set()
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]
