"""Systems that a person has paused: who, since when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.errors import BadInput
from kernel.house import House
from landing.tables import pause as pauses

WHY_AT_MOST = 200


@dataclass(frozen=True)
class Pause:
    """One paused system."""

    at: datetime
    by: str
    why: str


def read_all(conn: Connection) -> dict[str, Pause]:
    """The paused systems by code."""
    return {row.system: Pause(row.at, row.by, row.why) for row in conn.execute(select(pauses))}


def pause(house: House, system: str, by: str, why: str) -> None:
    """Pause a system; again: with the new reason. Raises BadInput without a reason."""
    values = {"at": house.clock(), "by": by, "why": reason(why)}
    order = insert(pauses).values(system=system, **values)
    with house.engine.begin() as conn:
        conn.execute(order.on_conflict_do_update(index_elements=["system"], set_=values))


def resume(house: House, system: str) -> bool:
    """Let a system run again. Gives whether it was paused."""
    with house.engine.begin() as conn:
        return conn.execute(delete(pauses).where(pauses.c.system == system)).rowcount == 1


def reason(why: str) -> str:
    """A person's reason, without outer blanks. Raises BadInput when it says nothing."""
    text = why.strip()
    if not 1 <= len(text) <= WHY_AT_MOST or _long_numbers(text):
        raise BadInput(
            f"a reason is 1 to {WHY_AT_MOST} characters and holds no long number "
            "(write no person's number here)"
        )
    return text


def _long_numbers(text: str) -> list[str]:
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in text).split()
    return [word for word in words if sum(c.isdigit() for c in word) >= 11]
