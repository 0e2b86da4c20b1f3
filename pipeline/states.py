"""The one word that says how a system is, and until when it rests."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from registry.contract import System
from registry.rest_times import rested, resting_until

UNITS = {"h": 3600, "d": 86400}

#: What is known of all systems (`pipeline.view`): newest, circuits, pauses, complete.
Facts = dict[str, Any]


def longest_age(text: str) -> timedelta:
    """`26h` or `8d` as a span of time."""
    number, unit = re.fullmatch(r"(\d+)([hd])", text).groups()  # type: ignore[union-attr]
    return timedelta(seconds=int(number) * UNITS[unit])


def until_of(system: System, facts: Facts, now: datetime) -> datetime | None:
    """When the system rests until; else when one that keeps failing is tried again."""
    until = resting_until(system, now)
    if until is not None:
        return until
    run, circuit = facts["newest"].get(system.code), facts["circuits"].get(system.code)
    if circuit is not None and circuit.next_try is not None:
        return _ahead(circuit.next_try, now)
    if run is None or run.state != "resting" or run.rests_until is None:
        return None
    return _ahead(run.rests_until, now)


def _ahead(at: datetime, now: datetime) -> datetime | None:
    return at if at > now else None


def state_of(system: System, facts: Facts, now: datetime) -> str:
    """One word. Whom a person has paused, who keeps failing and who rests are never late."""
    run = facts["newest"].get(system.code)
    if run is not None and run.state == "running":
        return "running"
    if system.code in facts["pauses"]:
        return "paused"
    if system.code in facts["circuits"] or (run is not None and run.state == "failed"):
        return "failing"
    if until_of(system, facts, now) is not None:
        return "resting"
    if run is None:
        return "never"
    return "late" if _is_late(system, facts, now) else "ok"


def _is_late(system: System, facts: Facts, now: datetime) -> bool:
    """Whether a stream's last complete sync is older than allowed, the time of rests left out."""
    for name, stream in system.streams.items():
        if stream.mode == "lookup":
            continue
        complete = facts["complete"].get((system.code, name))
        if complete is None:
            return True
        age = now - complete
        allowed = longest_age(stream.longest_age)
        if age > allowed and age - rested(system, complete, now) > allowed:
            return True
    return False
