"""A person's act in one transaction; what is refused is on record before it is raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from kernel.errors import Refused
from kernel.house import House
from ledger import log
from ledger.events import EventName, event

T = TypeVar("T")


def act(house: House, who: str, refusal: EventName, work: Callable[[Connection], T]) -> T:
    """What `work` gives. Raises what it raises; `refusal`: the name of a refusal's entry."""
    try:
        with house.engine.begin() as conn:
            return work(conn)
    except Refused as refused:
        reason = str(refused.facts.get("reason", ""))
        with house.engine.begin() as conn:
            log.append(conn, event(house.clock(), refusal, who, reason=reason))
        raise
