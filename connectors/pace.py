"""Calls at the pace that a source allows: at most so many in any span of time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from registry.contract import Rate

SECONDS = {"second": 1.0, "minute": 60.0}

#: Shorter waits than a nanosecond are none: a clock may be too coarse to show that they are over.
LEAST = 1e-9


class Pace:
    """At most `calls` in any `seconds`, however the spans are laid; calls wait for their turn.

    Stricter than a bucket that fills up: after a pause no burst is over the limit of the source,
    which may count from any moment. `now` never goes back.
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds, self.now, self.wait = seconds, now, wait
        self._last: deque[float] = deque(maxlen=calls)

    def turn(self) -> None:
        """Come back when one more call is allowed, and count it."""
        if len(self._last) == self._last.maxlen:
            while (left := self._last[0] + self.seconds - self.now()) > LEAST:
                self.wait(left)
        self._last.append(self.now())


def pace_of(rate: Rate | None) -> Pace | None:
    """The pace that a YAML names; None: as fast as the source answers."""
    return None if rate is None else Pace(rate.calls, SECONDS[rate.per])
