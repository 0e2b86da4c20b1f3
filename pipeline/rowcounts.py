"""How many rows each stream has. Counting millions takes seconds: the figure is then kept."""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy import Connection

from landing.read import StreamCounts, counts

#: Below these seconds it is counted anew each time.
QUICK: Final = 0.25
#: So many times the seconds that it took, it is kept; at most LONGEST seconds.
TIMES, LONGEST = 20, 60.0


class RowCounts:
    """The counts of one installation, at most a minute old. Safe among threads: any may count."""

    def __init__(self) -> None:
        self._kept: list[StreamCounts] = []
        self._until = 0.0

    def counts(self, conn: Connection) -> list[StreamCounts]:
        """Live rows and refused rows of every stream."""
        if time.monotonic() < self._until:
            return self._kept
        began = time.monotonic()
        self._kept = counts(conn)
        now = time.monotonic()
        spent = now - began
        self._until = now + min(spent * TIMES, LONGEST) if spent > QUICK else 0.0
        return self._kept
