"""Changes of tables while people work: they wait for a table for a moment, let go, and try again.

A statement that waits for a table stops everybody who comes after it, and may meet one of them in a
deadlock. The moment is shorter than the second after which the server looks for deadlocks, so it is
always the change that gives way and never a look.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from kernel.db import lock
from kernel.errors import RetryLater
from kernel.house import House

WAIT_MS, PAUSE_SECONDS, TRIES = 500, 0.5, 60


def in_moments(house: House, change: Callable[[Connection], None]) -> None:
    """Do it in one transaction, one at a time in the installation. `house`: opened by the owner.

    Raises RetryLater when a table was never free.
    """
    for _ in range(TRIES):
        try:
            with house.engine.begin() as conn:
                lock(conn, "migrate")
                conn.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MS}ms'"))
                change(conn)
            return
        except OperationalError as error:
            if not isinstance(error.orig, errors.LockNotAvailable | errors.DeadlockDetected):
                raise
        time.sleep(PAUSE_SECONDS)
    raise RetryLater("a table was in use all the time: migrate again when less is going on")
