"""Sync one system: read what is new, land it, see deletes, move the cursor. Repeatable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from connectors import Connector, open_connector
from kernel.db import lock_number
from kernel.errors import PersonMustAct, RetryLater, ZhongtaiError
from kernel.house import House
from landing import cursors, probes, runs
from landing.asked import expire_closed
from landing.finish import finish_stream, reconcile
from landing.land import BatchCounts, land_batch
from registry.applied import read as read_registry
from registry.contract import Stream, System


@dataclass
class Counts:
    """What one run did. Rows read, stored, quarantined, deleted; look-ups: probes, answered."""

    rows: int = 0
    stored: int = 0
    quarantined: int = 0
    deleted: int = 0
    probes: int = 0
    answered: int = 0


def system_of(house: House, code: str) -> System:
    """The applied contract. Raises PersonMustAct naming the command that lists the codes."""
    systems = read_registry(house.settings.home)
    if code not in systems:
        raise PersonMustAct(f"no system {code}: `zhongtai systems list` shows the codes")
    return systems[code]


def sync(house: House, code: str, run: str, *, full: bool = False) -> Counts:
    """One sync of a system. Two never overlap: the second raises RetryLater."""
    system = system_of(house, code)
    with only_one(house, code):
        runs.begin(house, code, run, full)
        try:
            with opened(house, system) as connector:
                one = _Sync(house, system, connector, run, full)
                for stream in system.streams.values():
                    one.stream(stream)
            if any(stream.kind == "case" for stream in system.streams.values()):
                expire_closed(house)
        except ZhongtaiError as error:
            runs.end(house, code, run, str(error))
            raise
        except BaseException as error:
            runs.end(house, code, run, f"ended by {type(error).__name__}")
            raise
        runs.end(house, code, run)
    return one.counts


def open_for(house: House, system: System) -> Connector:
    """The system's connector, to be closed. Raises PersonMustAct naming a secret not set."""
    ingest = f"{house.settings.portal_url}/api/v1/ingest"
    return open_connector(system, house.secrets, house.clock, ingest)


@contextmanager
def opened(house: House, system: System) -> Iterator[Connector]:
    """The system's connector, closed at the end."""
    connector = open_for(house, system)
    try:
        yield connector
    finally:
        connector.close()


@contextmanager
def only_one(house: House, code: str) -> Iterator[None]:
    """Hold the system for this process; a killed process lets go by itself."""
    number = lock_number(f"sync/{code}")
    with house.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT")
        held = conn.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar()
        if not held:
            raise RetryLater(f"another sync of {code} is running", system=code)
        try:
            yield
        finally:
            conn.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})


class _Sync:
    """One run of one system: its streams one after the other."""

    def __init__(
        self, house: House, system: System, connector: Connector, run: str, full: bool
    ) -> None:
        self.house = house
        self.system = system
        self.connector = connector
        self.run = run
        self.full = full
        self.counts = Counts()

    def stream(self, stream: Stream) -> None:
        """Probe a look-up, ask a pusher to push, read and land anything else."""
        if stream.mode == "lookup":
            self._probe(stream)
        elif stream.mode == "push":
            if stream is next(iter(self.system.streams.values())):
                self.connector.push_now(self.full)
            self._finish(stream, self.house.clock(), False)
        else:
            self._read(stream)

    def _probe(self, stream: Stream) -> None:
        began = time.monotonic()
        self.counts.probes += 1
        try:
            self.connector.probe()
        except ZhongtaiError as error:
            probes.record(self.house, self.system.code, stream.name, self.run, None, str(error))
            raise
        spent = round((time.monotonic() - began) * 1000)
        probes.record(self.house, self.system.code, stream.name, self.run, spent, None)
        self.counts.answered += 1

    def _read(self, stream: Stream) -> None:
        code, full = self.system.code, self.full or stream.mode == "full"
        started = self.house.clock()
        with self.house.engine.connect() as conn:
            cursor = None if full else cursors.read(conn, code, stream.name)
            first = runs.next_seq(conn, code, stream.name, self.run)
        for seq, batch in enumerate(self.connector.rows(stream, cursor, full), first):
            self._add(stream, land_batch(self.house, code, stream, self.run, seq, batch))
            if batch.acknowledge:
                self.connector.acknowledge(stream, batch.acknowledge)
        sign = stream.deletes.sign if stream.deletes else "none"
        if sign == "reconcile":
            keys = self.connector.keys(stream)
            self.counts.deleted += reconcile(self.house, code, stream, self.run, keys)
        self._finish(stream, started, sign == "absence" and full)

    def _add(self, stream: Stream, landed: BatchCounts) -> None:
        self.counts.rows += landed.rows
        self.counts.stored += landed.stored
        self.counts.quarantined += landed.quarantined
        self.counts.deleted += landed.deleted
        runs.update(self.house, self.system.code, self.run, stream.name, landed)

    def _finish(self, stream: Stream, started: datetime, absent: bool) -> None:
        ended = finish_stream(self.house, self.system.code, stream, self.run, started, absent)
        self.counts.deleted += ended
