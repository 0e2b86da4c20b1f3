"""A circuit that opens: a source that is down is left alone for a while, not tried on and on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from connectors.retry import Busy
from kernel.clock import CITY_TIME, Clock
from kernel.errors import RetryLater

T = TypeVar("T")

#: Failures in a row that open it, and how long it stays open.
MOST = 5
REST = timedelta(seconds=30)


class Breaker:
    """Closed, until `MOST` calls in a row failed; then open for `REST`; then one call may try.

    A failure is a source that is down (Busy.down). Any answer closes it, a refusal too.
    """

    def __init__(self, system: str, clock: Clock) -> None:
        self.system, self.clock = system, clock
        self._failed, self._since = 0, clock()

    def through(self, call: Callable[[], T]) -> T:
        """The call's answer. Raises RetryLater without a call while the circuit is open."""
        self._knock()
        try:
            answer = call()
        except Busy as busy:
            self._count(busy.down)
            raise
        except Exception:
            self._count(down=False)
            raise
        self._count(down=False)
        return answer

    def _knock(self) -> None:
        if self._failed < MOST:
            return
        now = self.clock()
        if timedelta() <= now - self._since < REST:
            raise RetryLater(
                f"{self.system} failed {self._failed} times in a row: "
                f"it is not asked again before {_said(self._since + REST)}",
                system=self.system,
            )
        self._since = now  # this call is the one that tries; others wait on

    def _count(self, down: bool) -> None:
        self._failed = self._failed + 1 if down else 0
        if down:
            self._since = self.clock()


def _said(at: datetime) -> str:
    return at.astimezone(CITY_TIME).strftime("%H:%M:%S")
