"""What every transport's client can do, and the question that a look-up is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd
from typing_extensions import override

from kernel.batch import Batch
from kernel.errors import PersonMustAct
from registry.contract import Stream, System


@dataclass(frozen=True)
class Question:
    """One look at one holder for one case. The number never shows in a log or a traceback."""

    number: str = field(repr=False)
    case_number: str
    item_code: str
    purpose: str


@dataclass(frozen=True)
class Fault:
    """What became of a row: its key in the order of the stream's key, and why it was refused.

    `reason` never holds a value of the row; None: the row is good, or deleted.
    """

    key: tuple[str | None, ...]
    reason: str | None


class Connector(Protocol):
    """One system, opened. Every call may raise RetryLater, NotAuthorised or PersonMustAct."""

    def check(self) -> None:
        """Reach the system and sign in; reads at most one row a stream and keeps none."""

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Rows from the cursor on (inclusive), in source order; none and full: from the start.

        Each batch's cursor is where to go on once it has landed; None leaves the old one. A
        source with nothing new gives no batch.
        """

    def keys(self, stream: Stream) -> Iterator[pd.DataFrame]:
        """The key columns of every row that lives at the source, for reconciling."""

    def period(self, stream: Stream, since: str, until: str) -> Iterator[Batch]:
        """Rows of a period (from `since`, up to but not at `until`); no batch has a cursor.

        Both are days or times of the city, `2024-01-31` or `2024-01-31 08:00`.
        """

    def one(self, stream: Stream, key: Mapping[str, str]) -> pd.DataFrame:
        """The rows with this key as they are at the source now; none when it is gone."""

    def report(self, stream: Stream, faults: Sequence[Fault]) -> None:
        """Tell the source which rows were refused, and which are good (exchange tables).

        Telling the same twice changes nothing.
        """

    def metered(self, spend: Callable[[], None]) -> bool:
        """Call `spend` before each request. False: it cannot; its caller counts batches."""

    def acknowledge(self, stream: Stream, keys: tuple[str, ...]) -> None:
        """Tell the source that these rows have landed (exchange tables)."""

    def ask(self, stream: Stream, question: Question) -> pd.DataFrame:
        """A look-up's raw rows for one holder; no rows when the source found none."""

    def probe(self) -> None:
        """Ask a look-up system about its own test subject; not counted against the quota."""

    def push_now(self, full: bool = False) -> int:
        """Ask a pushing system to send what is pending (full: everything); rows it sent."""

    def close(self) -> None:
        """End connections. Closing twice is allowed."""


class Client(Connector):
    """What a transport does not have: a sentence, or nothing to do."""

    def __init__(self, system: System) -> None:
        self.system = system

    @override
    def acknowledge(self, stream: Stream, keys: tuple[str, ...]) -> None:
        """Nothing to tell."""

    @override
    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Refuse: the system gives no lists."""
        raise self._cannot("be read as a list")

    @override
    def keys(self, stream: Stream) -> Iterator[pd.DataFrame]:
        """The key columns out of a whole read."""
        for batch in self.rows(stream, None, full=True):
            yield batch.frame[list(stream.key)]

    @override
    def period(self, stream: Stream, since: str, until: str) -> Iterator[Batch]:
        """Refuse: the system gives no periods."""
        raise self._cannot("be read by period")

    @override
    def one(self, stream: Stream, key: Mapping[str, str]) -> pd.DataFrame:
        """Refuse: the system gives no single records."""
        raise self._cannot("be asked for one record")

    @override
    def report(self, stream: Stream, faults: Sequence[Fault]) -> None:
        """Nothing to tell."""

    @override
    def metered(self, spend: Callable[[], None]) -> bool:
        """Requests are not counted here."""
        return False

    @override
    def ask(self, stream: Stream, question: Question) -> pd.DataFrame:
        """Refuse: the system is not asked live."""
        raise self._cannot("be asked live")

    @override
    def probe(self) -> None:
        """Refuse: the system is not asked live."""
        raise self._cannot("be asked live")

    @override
    def push_now(self, full: bool = False) -> int:
        """Refuse: the system does not push."""
        raise self._cannot("push")

    @override
    def close(self) -> None:
        """Nothing to end."""

    def _cannot(self, what: str) -> PersonMustAct:
        return PersonMustAct(
            f"{self.system.code} cannot {what}: its transport is {self.system.transport.kind}",
            system=self.system.code,
        )
