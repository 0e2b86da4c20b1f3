"""Sync one system: read what is new, land it, see deletes, move the cursor. Repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from certs.rights.naming import forget_closed
from connectors import Connector, open_connector
from kernel.db import lock_number
from kernel.errors import PersonMustAct, RetryLater
from kernel.house import House
from landing.asked import expire_closed
from landing.quarantine import forget_values
from pipeline import gateway, resting
from pipeline.lineage.told import syncing, told
from pipeline.reader import Counts, Reader, chosen
from pipeline.recorded import PLAIN, How, recorded
from pipeline.sealing import stop_if_held
from registry.applied import read as read_registry
from registry.contract import System

__all__ = ["Counts", "How", "only_one", "opened", "sync", "system_of"]


def system_of(house: House, code: str) -> System:
    """The applied contract. Raises PersonMustAct naming the command that lists the codes."""
    systems = read_registry(house.settings.home)
    if code not in systems:
        raise PersonMustAct(f"no system {code}: `zhongtai systems list` shows the codes")
    return systems[code]


def sync(house: House, code: str, run: str, *, full: bool = False, how: How = PLAIN) -> Counts:
    """One sync of a system, or one period of it read again.

    Two never overlap: the second raises RetryLater. Raises Resting when the system is paused or
    rests, also in between: what has landed stays, the next run goes on from its cursor.
    """
    system = system_of(house, code)
    streams = chosen(system, how)
    lineage = told(house, (f"sync_{code}", "land"), run, syncing(house, system, run, streams))
    with only_one(house, code), lineage, recorded(house, system, run, how.kind, full, how):
        resting.check(house, system, how.scheduled)
        with opened(house, system) as connector:
            reader = Reader(house, system, connector, run, full, how)
            for stream in streams:
                reader.stream(stream)
        if any(stream.kind == "case" for stream in system.streams.values()):
            expire_closed(house)
            forget_closed(house)
        with house.engine.begin() as conn:
            forget_values(conn, code, house.clock())
        stop_if_held(house, code, run)
    return reader.counts


def open_for(house: House, system: System) -> Connector:
    """The system's connector, to be closed. Raises PersonMustAct naming a secret not set, or
    where it would call past the exchange in exchange mode."""
    gateway.check_outgoing(house, system)
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
