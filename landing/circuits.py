"""The circuit of a system across runs: who fails again and again is tried less often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.house import House
from landing.tables import circuit

#: Runs in a row that fail before the circuit opens, and how long it then stays so.
OPENS_AT = 3
FIRST, LONGEST = timedelta(minutes=5), timedelta(minutes=60)


@dataclass(frozen=True)
class Circuit:
    """Failed runs in a row. Open: `next_try` is when a scheduled run tries again."""

    failures: int
    run: str
    opened_at: datetime | None
    next_try: datetime | None


def read(conn: Connection, system: str) -> Circuit | None:
    """The circuit of a system; None while its last run was good."""
    return read_all(conn, system).get(system)


def read_all(conn: Connection, system: str | None = None) -> dict[str, Circuit]:
    """The circuits of all systems, or of one, by system."""
    query = select(circuit) if system is None else select(circuit).where(circuit.c.system == system)
    return {
        row.system: Circuit(row.failures, row.run, row.opened_at, row.next_try)
        for row in conn.execute(query)
    }


def failed(house: House, system: str, run: str) -> None:
    """Count a failed run, a second try of the same run not again."""
    now = house.clock()
    with house.engine.begin() as conn:
        before = read(conn, system)
        if before is not None and before.run == run:
            return
        failures = before.failures + 1 if before is not None else 1
        values = {"failures": failures, "run": run, "opened_at": None, "next_try": None}
        if failures >= OPENS_AT:
            opened = before.opened_at if before is not None else None
            values |= {"opened_at": opened or now, "next_try": now + wait(failures)}
        order = insert(circuit).values(system=system, **values)
        conn.execute(order.on_conflict_do_update(index_elements=["system"], set_=values))


def succeeded(house: House, system: str) -> None:
    """Close the circuit: a run was good."""
    with house.engine.begin() as conn:
        conn.execute(delete(circuit).where(circuit.c.system == system))


def wait(failures: int) -> timedelta:
    """How long an open circuit waits: 5, 10, 20, 40, then 60 minutes."""
    doubled: int = 2 ** min(failures - OPENS_AT, 10)
    return min(FIRST * doubled, LONGEST)
