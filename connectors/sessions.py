"""Connections to a department's database that stay open while something is read.

A step of a read is one short statement; signing in anew for each costs more than the step. Nothing
stays open when nothing is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

#: Seconds after which an unused connection is not trusted any more: a firewall may have cut it.
IDLE = 20.0


class Session:
    """One connection, and of PostgreSQL the one beside it that gives Arrow columns."""

    def __init__(self, conn: Any) -> None:
        self.conn, self.used = conn, time.monotonic()
        self.columnar: Any = None

    def close(self) -> None:
        """Close both."""
        if self.columnar is not None:
            self.columnar.close()
        self.conn.close()


class Sessions:
    """The open sessions of one database. Threads may share it; one session has one user."""

    def __init__(self, opened: Callable[[], Any]) -> None:
        self._opened = opened
        self._idle: list[Session] = []
        self._readers = 0
        self._lock = Lock()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is opened inside is used again, and closed when the last reader ends."""
        with self._lock:
            self._readers += 1
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                left = [] if self._readers else self._taken_away()
            for one in left:
                one.close()

    @contextmanager
    def one(self) -> Iterator[Session]:
        """A session in its own transaction, which commits at the end. It ends with any error."""
        session = self._fresh() or Session(self._opened())
        try:
            yield session
            session.conn.commit()
        except BaseException:
            session.close()
            raise
        session.used = time.monotonic()
        with self._lock:
            if self._readers:
                self._idle.append(session)
                return
        session.close()

    def _fresh(self) -> Session | None:
        """A session that was used not long ago; older ones are closed."""
        with self._lock:
            known = self._taken_away()
            good = [one for one in known if time.monotonic() - one.used < IDLE]
            self._idle = good[:-1]
        for one in known:
            if one not in good:
                one.close()
        return good[-1] if good else None

    def _taken_away(self) -> list[Session]:
        known, self._idle = self._idle, []
        return known
