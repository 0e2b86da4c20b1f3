"""How many entries the one ledger takes a second."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import text

from kernel.house import House
from ledger import log

#: Threads that append at once.
TOGETHER = 8
SECONDS = 5.0
NEWEST = text("SELECT body FROM ledger.entry ORDER BY seq DESC LIMIT 1")


def appended(house: House, threads: int) -> float:
    """Entries a second, each in a transaction of its own as a look's is: lock, entry, commit.

    The newest entry's content is written again; the ledger is one of a bench.
    """
    with house.engine.begin() as conn:
        event: dict[str, Any] = json.loads(conn.execute(NEWEST).scalar_one())

    def once() -> None:
        with house.engine.begin() as conn:
            log.append(conn, event)

    return rate([once] * threads)


def rate(calls: Sequence[Callable[[], object]], seconds: float = SECONDS) -> float:
    """Calls a second of so many threads together, each calling its own again and again."""
    until = time.monotonic() + seconds

    def work(call: Callable[[], object]) -> int:
        done = 0
        while not done or time.monotonic() < until:  # once at least, however late it begins
            call()
            done += 1
        return done

    began = time.monotonic()
    with ThreadPoolExecutor(len(calls)) as threads:
        done = sum(threads.map(work, calls))
    return done / (time.monotonic() - began)
