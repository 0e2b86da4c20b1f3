"""Trying again: a few times, further and further apart, never longer than promised."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom
from typing import TypeVar

from kernel.errors import RetryLater

T = TypeVar("T")

_random = SystemRandom()


@dataclass(frozen=True)
class Patience:
    """How long one call keeps trying. Times in seconds.

    The n-th pause is drawn between half and all of `first` * 2^n, or what the source asks for
    (Retry-After) if that is not over `longest`.
    """

    attempts: int = 4
    first: float = 0.4
    longest: float = 20.0

    def pause(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after attempt number `attempt` (from 0)."""
        full = min(self.first * 2**attempt, self.longest)
        drawn: float = _random.uniform(full / 2, full)
        return drawn if asked is None else max(asked, drawn)


class Busy(RetryLater):
    """The source did not answer now. `after`: seconds it asked us to wait, if it said."""

    def __init__(self, message: str, after: float | None = None, **facts: str | int) -> None:
        if after is not None:
            facts["retry_after"] = int(after)
        super().__init__(message, **facts)
        self.after = after

    @property
    def down(self) -> bool:
        """Whether the source is down. One that says "not so many calls" is up."""
        return self.facts.get("status") != 429


def patiently(
    call: Callable[[], T], patience: Patience, wait: Callable[[float], None] = time.sleep
) -> T:
    """The call's answer. Raises the last Busy when patience ends or the source asks for more."""
    for attempt in range(patience.attempts):
        try:
            return call()
        except Busy as busy:
            too_long = busy.after is not None and busy.after > patience.longest
            if too_long or attempt == patience.attempts - 1:
                raise
            wait(patience.pause(attempt, busy.after))
    raise ValueError("patience needs at least one attempt")
