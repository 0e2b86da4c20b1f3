"""Keeps tables and drops as the world is: what changed is done soon, in a thread of its own."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pymysql
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from city.servers.errors import ServeError
from city.world import CityError

Key = tuple[str, str]
Job = Callable[[], None]
TROUBLES = (
    *(OSError, HTTPError, MinioException, psycopg.Error, pymysql.Error, sqlite3.Error),
    *(ServeError, CityError),
)
AGAIN_SECONDS = 2.0
AT_ONCE = 4


class Refresher:
    """One job a stream; told of a change, it runs the job once, however many changes there were."""

    def __init__(self, jobs: dict[Key, Job]) -> None:
        self._jobs = jobs
        self._dirty: dict[Key, None] = {}
        self._busy = False
        self._ended = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)

    def all(self) -> None:
        """Run every job now. Raises what a job raises."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(job) for job in self._jobs.values()]:
                done.result()

    def start(self) -> None:
        """Run jobs when told of changes."""
        self._thread.start()

    def changed(self, system: str, stream: str) -> None:
        """A stream changed."""
        if (system, stream) in self._jobs:
            with self._wake:
                self._dirty[system, stream] = None
                self._wake.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until all that changed is served. Whether it is, within that time."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._dirty and not self._busy, seconds)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._dirty) or self._ended)
                if self._ended:
                    return
                todo, self._dirty, self._busy = list(self._dirty), {}, True
            failed = [key for key in todo if not self._ended and not self._done(key)]
            with self._wake:
                self._dirty.update(dict.fromkeys(failed))
                self._busy = False
                self._wake.notify_all()
                if failed:
                    self._wake.wait_for(lambda: self._ended, AGAIN_SECONDS)

    def _done(self, key: Key) -> bool:
        try:
            self._jobs[key]()
        except TROUBLES as error:
            # The type only: a database's message may repeat values of a row.
            print(f"{'/'.join(key)}: {type(error).__name__}; tried again", file=sys.stderr)
            return False
        return True

    def stop(self) -> None:
        """End after the job in hand."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        self._thread.join(1)
