"""Reading a list in parts, so that no row is passed over while the list moves.

A list ordered by update time moves under a reader: a row changed meanwhile goes to its end and
the rows behind it shift forward. So numbered pages are only followed within one instant; else the
next request starts again from the newest time seen (inclusive: a few rows come twice, and the
landing takes a row twice without harm). A list without a time is watched instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connectors.frames import Row
from connectors.reading import Position
from connectors.retry import Busy
from kernel.errors import RetryLater
from registry.contract import Stream

#: A list that moves is read anew this many times.
ATTEMPTS = 3


@dataclass(frozen=True)
class Page:
    """Part of a list. `total`: rows that the whole answer to the question has, where told."""

    rows: list[Row]
    total: int = 0
    next: str | None = None


#: Asks for the part that starts after `skip` rows of those updated at `since` or later.
FetchAt = Callable[[str | None, int], Page]
#: Asks for the part that a token or link of the source names; None: the first.
FetchNext = Callable[[str | None], Page]


def expect(system: str, page: Page, skip: int, size: int) -> Page:
    """The page, if it holds as many rows as its total promises. Raises Busy for a cut one."""
    promised = max(min(size, page.total - skip), 0)
    if len(page.rows) < promised:
        raise Busy(
            f"{system} gave {len(page.rows)} of {promised} rows of a page: try again later",
            system=system,
        )
    return page


def by_time(stream: Stream, fetch: FetchAt, since: str | None, size: int) -> Iterator[list[Row]]:
    """Numbered pages of a list that is ordered by update time."""
    position, skip = Position(stream, since), 0
    while True:
        page = fetch(since, skip)
        yield page.rows
        if skip + len(page.rows) >= page.total:
            return
        position.watch(page.rows)
        if position.ordered and position.newest != since:
            since, skip = position.newest, 0
        else:
            skip += size


def by_watch(system: str, fetch: FetchAt, size: int) -> Iterator[list[Row]]:
    """Numbered pages of a list without a time: read anew when its total changes meanwhile."""
    for _ in range(ATTEMPTS):
        skip, first = 0, fetch(None, 0)
        page = first
        while page.total == first.total:
            yield page.rows
            skip += size
            if skip >= page.total:
                return
            page = fetch(None, skip)
    raise _moves(system)


def by_overlap(system: str, fetch: FetchAt) -> Iterator[list[Row]]:
    """Offset pages of a list without a time: each starts with the last row of the one before.

    When it does not, the list has moved and is read anew.
    """
    for _ in range(ATTEMPTS):
        page, skip = fetch(None, 0), 0
        yield page.rows
        while skip + len(page.rows) < page.total:
            last = page.rows[-1]
            skip += len(page.rows) - 1
            page = fetch(None, skip)
            if not page.rows or page.rows[0] != last:
                break
            yield page.rows[1:]
        else:
            return
    raise _moves(system)


def by_token(system: str, fetch: FetchNext) -> Iterator[list[Row]]:
    """Pages that each name the next one. Raises RetryLater when one is named twice."""
    token: str | None = None
    seen: set[str] = set()
    while True:
        page = fetch(token)
        yield page.rows
        token = page.next
        if token is None:
            return
        if token in seen:
            raise RetryLater(f"{system} names the same page twice: try again later", system=system)
        seen.add(token)


def _moves(system: str) -> RetryLater:
    return RetryLater(
        f"the list of {system} changes faster than it can be read: try again later", system=system
    )
