"""Seal a system's licences, unless a hold says that nothing new of it may be sealed."""

from __future__ import annotations

from certs.licences.publish import PublishCounts, publish_system
from kernel.house import House
from landing import holds
from pipeline.lineage.told import sealing, told


def seal_system(house: House, code: str, run: str) -> PublishCounts:
    """Publish what has landed of a system; while it is held only end what is gone."""
    with house.engine.connect() as conn:
        held = holds.open_holds(conn, code)
    made: list[PublishCounts] = []
    sets = sealing(house, code, lambda: sum(one.published for one in made))
    with told(house, (f"sync_{code}", "seal"), run, sets):
        made.append(publish_system(house, code, run, held=bool(held)))
    return made[0]


def stop_if_held(house: House, code: str, run: str) -> None:
    """End a run whose system is held: what is gone ends first, then PersonMustAct says why."""
    with house.engine.connect() as conn:
        held = holds.open_holds(conn, code)
    if held:
        publish_system(house, code, run, held=True)
    holds.check(house, code)
