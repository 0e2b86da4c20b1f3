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
from kernel.errors import Disagrees, RetryLater
from registry.contract import Stream

#: A list that moves is read anew this many times.
ATTEMPTS = 3


@dataclass(frozen=True)
class Page:
    """Part of a list. `total`: rows that the whole answer to the question has, where told.

    `says_next`: whether the place of `next` is in the answer, with nothing in it on the last page.
    """

    rows: list[Row]
    total: int = 0
    next: str | None = None
    says_next: bool = True


#: Asks for the part that starts after `skip` rows of those updated at `since` or later.
FetchAt = Callable[[str | None, int], Page]
#: Asks for the part that a token or link of the source names; None: the first.
FetchNext = Callable[[str | None], Page]


class Short(Busy):
    """A page has fewer rows than its total promises: cut on its way, or the total is wrong."""

    down = False  # it answered


def expect(system: str, stream: str, where: str, page: Page, skip: int, size: int) -> Page:
    """The page, if it agrees with its total. `where`: path, stream and row, for the sentence.

    Raises Short for one with fewer rows, Disagrees when there are more rows than the total says.
    """
    left = max(page.total - skip, 0)
    if len(page.rows) < min(size, left):
        raise Short(
            f"{system} gave {len(page.rows)} of {min(size, left)} rows at {where}: try again later",
            system=system,
        )
    if len(page.rows) > left:
        raise Disagrees(
            f"{system} says {page.total} rows in all and gives {skip + len(page.rows)} at {where}: "
            "ask its contact which is right",
            "more rows than told",
            stream,
            system=system,
            stream=stream,
        )
    return page


def disagreement(short: Short, system: str, stream: str) -> Disagrees:
    """What a page is that stays short however often it is asked for."""
    said = short.message.removesuffix(": try again later")
    return Disagrees(
        f"{said}, asked again and again: its total and its rows do not agree, ask its contact",
        "fewer rows than told",
        stream,
        system=system,
        stream=stream,
    )


class Given:
    """The pages given in one pass. One given again hides the page that should be there."""

    def __init__(self, system: str, stream: str) -> None:
        self.system, self.stream = system, stream
        self.seen: dict[tuple[int, str, str], int] = {}

    def note(self, rows: list[Row]) -> None:
        """Remember a page by its length and its ends. Raises Disagrees for one seen before.

        A page of one row is not judged: a source may give one row twice.
        """
        if len(rows) < 2:
            return
        number = len(self.seen) + 1
        first = self.seen.setdefault((len(rows), repr(rows[0]), repr(rows[-1])), number)
        if first != number:
            raise Disagrees(
                f"{self.system} gives page {first} of {self.stream} again as page {number}: rows "
                "may be missing, ask its contact",
                "page given again",
                self.stream,
                system=self.system,
                stream=self.stream,
            )


def by_time(
    system: str, stream: Stream, fetch: FetchAt, since: str | None, size: int
) -> Iterator[list[Row]]:
    """Numbered pages of a list that is ordered by update time."""
    position, skip = Position(stream, since), 0
    given = Given(system, stream.name)
    while True:
        page = fetch(since, skip)
        given.note(page.rows)
        yield page.rows
        if skip + len(page.rows) >= page.total:
            return
        position.watch(page.rows)
        if position.ordered and position.newest != since:
            since, skip, given = position.newest, 0, Given(system, stream.name)
        else:
            skip += size


def by_watch(system: str, stream: str, fetch: FetchAt, size: int) -> Iterator[list[Row]]:
    """Numbered pages of a list without a time: read anew when its total changes meanwhile."""
    for _ in range(ATTEMPTS):
        skip, first = 0, fetch(None, 0)
        page, given = first, Given(system, stream)
        while page.total == first.total:
            given.note(page.rows)
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


def by_token(system: str, stream: str, fetch: FetchNext) -> Iterator[list[Row]]:
    """Pages that each name the next one. Raises RetryLater when one is named twice."""
    token: str | None = None
    seen: set[str] = set()
    given = Given(system, stream)
    while True:
        page = fetch(token)
        given.note(page.rows)
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
