"""Whether a system may be read now: not paused, not resting, not one that keeps failing."""

from __future__ import annotations

from datetime import datetime

from kernel.clock import CITY_TIME
from kernel.errors import Resting
from kernel.house import House
from landing import circuits, pauses
from registry.contract import System
from registry.rest_times import in_maintenance, resting_until


def check(house: House, system: System, scheduled: bool = False) -> None:
    """Raise Resting, with `until` where it is known, when the system is not read now.

    `scheduled`: nobody waits for the run, so an open circuit counts too; a person always tries.
    A look-up's hours are those of its questions: its own test subject is asked at any hour.
    """
    now = house.clock()
    with house.engine.connect() as conn:
        pause = pauses.read_all(conn).get(system.code)
        circuit = circuits.read(conn, system.code) if scheduled else None
    if pause is not None:
        raise Resting(
            f"{system.code} is paused by {pause.by} since {shown(pause.at)} ({pause.why}): "
            f"`zhongtai resume {system.code}` lets it go on",
            system=system.code,
        )
    until = resting_until(system, now)
    if until is not None and in_maintenance(system, now):
        raise _rests(system, "its maintenance", until)
    if until is not None and not system.is_lookup:
        raise _rests(system, f"its hours are {system.hours}", until)
    if circuit is not None and circuit.next_try is not None and now < circuit.next_try:
        raise Resting(
            f"{system.code} failed {circuit.failures} times in a row: "
            f"a scheduled run tries again after {shown(circuit.next_try)}",
            system=system.code,
            until=circuit.next_try.isoformat(),
        )


def shown(at: datetime) -> str:
    """A moment in city time, for a sentence."""
    return f"{at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"


def _rests(system: System, why: str, until: datetime) -> Resting:
    return Resting(
        f"{system.code} rests until {shown(until)}: {why}",
        system=system.code,
        until=until.isoformat(),
    )
