"""Sync one system: read what is new, land it, see deletes, move the cursor. Repeatable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from connectors import Connector, open_connector
from kernel.db import lock_number
from kernel.errors import PersonMustAct, RetryLater, ZhongtaiError
from kernel.house import House
from landing import cursors, land, probes, runs
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
        runs.begin(house, code, run, full=full)
        began = time.monotonic()
        counts = Counts()
        try:
            with opened(house, system) as connector:
                for stream in system.streams.values():
                    _sync_stream(house, system, stream, connector, run, full, counts)
        except ZhongtaiError as error:
            runs.end(house, code, run, "failed", time.monotonic() - began, str(error))
            raise
        runs.end(house, code, run, "done", time.monotonic() - began, None)
    return counts


@contextmanager
def opened(house: House, system: System) -> Iterator[Connector]:
    """The system's connector, closed at the end."""
    connector = open_connector(system, house.secrets, house.clock)
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


def _sync_stream(
    house: House,
    system: System,
    stream: Stream,
    connector: Connector,
    run: str,
    full: bool,
    counts: Counts,
) -> None:
    if stream.mode == "lookup":
        _probe(house, system, stream, connector, run, counts)
    elif stream.mode == "push":
        if stream is next(iter(system.streams.values())):
            connector.push_now()
    else:
        _read(house, system, stream, connector, run, full, counts)


def _probe(
    house: House, system: System, stream: Stream, connector: Connector, run: str, counts: Counts
) -> None:
    began = time.monotonic()
    counts.probes += 1
    try:
        connector.probe()
        answered, detail = True, None
        counts.answered += 1
    except ZhongtaiError as error:
        answered, detail = False, str(error)
    spent = round((time.monotonic() - began) * 1000)
    probes.record(house, system, stream, run, answered, spent, detail)
    if not answered:
        raise RetryLater(f"{system.code}: the probe was not answered: {detail}")


def _read(
    house: House,
    system: System,
    stream: Stream,
    connector: Connector,
    run: str,
    full: bool,
    counts: Counts,
) -> None:
    started = house.clock()
    full = full or stream.mode == "full"
    with house.engine.connect() as conn:
        cursor = cursors.read(conn, system.code, stream.name)
    for seq, batch in enumerate(connector.rows(stream, None if full else cursor, full)):
        landed = land.land_batch(house, system, stream, run, seq, batch)
        if batch.acknowledge:
            connector.acknowledge(stream, batch.acknowledge)
        counts.rows += landed.rows
        counts.stored += landed.stored
        counts.quarantined += landed.quarantined
        counts.deleted += landed.deleted
        runs.update(house, system.code, run, stream.name, landed)
    sign = stream.deletes.sign if stream.deletes else "none"
    if sign == "reconcile":
        keys = connector.keys(stream)
        counts.deleted += land.reconcile(house, system, stream, run, keys)
    absent = sign == "absence" and full
    counts.deleted += land.finish_stream(house, system, stream, run, started, absent)
