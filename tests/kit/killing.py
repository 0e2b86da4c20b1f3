"""Syncs killed with SIGKILL at random moments, over all transports, beside the city's truth.

Every kill strikes a process that works: a moment is drawn evenly over the time that such a sync
took when nobody killed it. After each the system is synced to its end and compared, key by key,
before anything else can put right what was wrong.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import requests
from sqlalchemy import delete, func, select

from cli.truth import Truth
from kernel.house import House
from landing.tables import RECORDS, batch, column_seen, cursor, finding, measure, quarantine, seen
from pipeline.steps import CONTRACTS
from registry.applied import apply
from tests.kit.compared import Compared, Found, versions, without_object
from tests.kit.struck import FAILED, SAID, portal_process, sync_process

#: Each transport, and each way of it to say what is gone.
CODES = {
    "rest json": "sc_enterprise",
    "rest xml": "zr_planning",
    "soap": "ga_seal",
    "sql postgresql": "jy_enrolment",
    "sql mariadb": "zr_realestate",
    "exchange postgresql": "rs_pension",
    "exchange mariadb": "mz_org",
    "files sftp": "ga_vehicle",
    "files folder": "mz_relief",
    "files s3": "jt_transport",
    "push": "cg_city",
}
#: Read for the first time; only what changed; everything again.
WAYS = ("first", "changed", "full")
#: Sources that remember what they gave: only a full read gives it once more.
REMEMBER = ("exchange postgresql", "exchange mariadb", "push")
TRIES, SECONDS = 8, 120.0


@dataclass
class Result:
    """What a series of kills did.

    `strikes`: kills tried; `kills`: those that met a sync at work; `amid`: of those, the ones
    after which a batch more had landed than before. `stale`: rows that a last full read changed.
    """

    found: Found
    strikes: int = 0
    kills: int = 0
    amid: int = 0
    stale: int = 0
    without_object: int = 0
    by_transport: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)


class Killing:
    """One series over a running installation without a portal. `size`: rows a batch."""

    def __init__(self, house: House, seed: int, size: int, changes: int) -> None:
        self.house, self.home = house, house.settings.home
        self.size, self.changes, self.random = size, changes, Random(seed)
        self.truth = Truth(house.secrets)
        self.compared = Compared(house, self.truth)
        self.result = Result(self.compared.found)
        self.runs, self.lengths = count(), dict[tuple[str, str], float]()
        self.portal: BaseProcess
        small_pages(house, size)

    def series(self, kills: int) -> Result:
        """Go round the transports until so many kills have met a sync at work."""
        with self._portal():
            for transport, code in CODES.items():
                self._whole(transport, "first", self._run())
                self.compared.system(code, "before the first kill")
            for turn in count():
                self.truth.post("/changes", {"count": self.changes, "seed": turn + 1})
                for place, transport in enumerate(CODES):
                    if self.result.kills >= kills:
                        self._end()
                        return self.result
                    most = self.random.choice((1, 1, 2)) if turn else 1
                    self._turn(transport, WAYS[(turn + place) % len(WAYS)], most)
        raise AssertionError("a series ends by its kills")

    def _turn(self, transport: str, way: str, most: int) -> None:
        """Kill one system's sync up to `most` times, sync it to the end, compare."""
        code, run, met = CODES[transport], self._run(), 0
        if way == "first":
            forget(self.house, code)
        for _ in range(TRIES):
            met += self._strike(transport, way, run)
            run = self.random.choice((run, self._run()))  # as Airflow's second try, or a new one
            if met == most:
                break
        self._whole(transport, way, run)
        self.compared.system(code, f"{way}, after kill {self.result.kills}")

    def _strike(self, transport: str, way: str, run: str) -> bool:
        """Whether the kill met a sync at work. One that had ended tells how long it took."""
        code, usual = CODES[transport], self.lengths.get((transport, way))
        moment = self.random.uniform(0, usual or self.lengths[transport, "first"])
        landed, began = self._landed(code), time.monotonic()
        process = self._start(transport, way, run)
        victim = self.portal if transport == "push" and self.random.random() < 0.5 else process
        process.join(moment)
        at_work = process.is_alive()
        if not at_work:
            self.lengths[transport, way] = time.monotonic() - began
        victim.kill()
        victim.join()
        if victim is self.portal:
            self.portal = self._answering()
        process.join(SECONDS)
        met = at_work and victim.exitcode == -signal.SIGKILL
        self.result.strikes += 1
        self.result.kills += met
        self.result.by_transport[transport] += met
        self.result.amid += met and self._landed(code) > landed
        return met

    def _whole(self, transport: str, way: str, run: str) -> None:
        """Sync to the end; measures how long that takes when nothing is in the way."""
        for attempt in range(TRIES):
            began = time.monotonic()
            process = self._start(transport, way, run)
            process.join(SECONDS)
            if process.exitcode == 0:
                if not attempt:
                    self.lengths[transport, way] = time.monotonic() - began
                return
            assert process.exitcode == FAILED, f"{transport}: ended with {process.exitcode}"
            self.result.refusals[(self.home / SAID).read_text("utf-8")] += 1
        raise AssertionError((self.home / SAID).read_text("utf-8"))

    def _start(self, transport: str, way: str, run: str) -> BaseProcess:
        full = way == "full" or (way == "first" and transport in REMEMBER)
        return sync_process(self.home, CODES[transport], run, full, self.size)

    def _end(self) -> None:
        """Read everything once more: no row may have stayed behind its source."""
        codes = list(CODES.values())
        for transport in CODES:
            self._whole(transport, "changed", self._run())
        before = versions(self.house, codes)
        for transport, code in CODES.items():
            self._whole(transport, "full", self._run())
            self.compared.system(code, "at the end")
        self.result.stale = len(versions(self.house, codes) - before)
        self.result.without_object = without_object(self.house)

    def _landed(self, code: str) -> int:
        """Batches of the system that have landed."""
        with self.house.engine.connect() as conn:
            query = select(func.count()).select_from(batch).where(batch.c.system == code)
            return conn.scalar(query) or 0

    def _run(self) -> str:
        return f"k{next(self.runs)}"

    @contextmanager
    def _portal(self) -> Iterator[None]:
        self.portal = self._answering()
        try:
            yield
        finally:
            self.portal.kill()
            self.portal.join()

    def _answering(self) -> BaseProcess:
        """A portal that answers."""
        process, deadline = portal_process(self.home), time.monotonic() + SECONDS
        while True:
            try:
                requests.get(f"{self.house.settings.portal_url}/health", timeout=5)
                return process
            except (requests.ConnectionError, requests.Timeout):
                assert process.is_alive()
                assert time.monotonic() < deadline
                time.sleep(0.02)


def small_pages(house: House, size: int) -> None:
    """Apply the city's contracts with pages of so many rows."""
    folder = house.settings.home / "contracts"
    folder.mkdir()
    for file in Path(CONTRACTS).glob("*.yml"):
        text = file.read_text("utf-8").replace("size: 500", f"size: {size}")
        (folder / file.name).write_text(text, "utf-8")
    apply(house, folder, "test")


def forget(house: House, code: str) -> None:
    """Nothing of a system has ever landed. Its kept objects stay."""
    tables = (*RECORDS.values(), batch, column_seen, cursor, finding, measure, quarantine, seen)
    with house.engine.begin() as conn:
        for table in tables:
            conn.execute(delete(table).where(table.c.system == code))
