"""Reading ahead: the next thing is made in a thread while the one before is used."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(things: Iterable[T]) -> Iterator[T]:
    """The same things in the same order, at most one of them made before it is asked for.

    All are made in one thread. An error of the making comes out where its thing would have. When
    the reader stops early, no more is made, and a generator is closed before this returns.
    """
    making = iter(things)
    try:
        with ThreadPoolExecutor(1, "ahead") as maker:
            coming = maker.submit(_next, making)
            while one := coming.result():
                coming = maker.submit(_next, making)
                yield one[0]
    finally:
        if isinstance(making, Generator):
            making.close()


def _next(making: Iterator[T]) -> tuple[T] | None:
    """The next thing, None after the last."""
    for one in making:
        return (one,)
    return None
