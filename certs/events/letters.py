"""Letters: events that a receiver refused. They are tried again for days, then they are dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from certs.events.kinds import Event, Position
from certs.events.tables import letter
from kernel.house import House
from landing import findings
from landing.findings import Finding

#: A letter that nobody took for so long is dead; a finding says so.
DEAD: Final = timedelta(days=3)


@dataclass(frozen=True)
class Letter:
    """One event that waits, or is dead. `reason`: a code, like http_422 or behind_another."""

    id: int
    at: Position
    event: str
    subject: str
    tries: int
    first_at: datetime
    next_at: datetime
    reason: str
    dead_at: datetime | None


def letters(conn: Connection, subscription: int) -> list[Letter]:
    """What a receiver refused, in order."""
    query = select(letter).where(letter.c.subscription == subscription)
    return [_of(row) for row in conn.execute(query.order_by(letter.c.entry, letter.c.place))]


def subjects(conn: Connection, subscription: int) -> set[str]:
    """Of what something waits."""
    mine = (letter.c.subscription == subscription, letter.c.dead_at.is_(None))
    return set(conn.execute(select(letter.c.subject).where(*mine)).scalars())


def due(conn: Connection, subscription: int, now: datetime) -> list[Letter]:
    """The first that waits of each subject, where its time has come; in order."""
    mine = (letter.c.subscription == subscription, letter.c.dead_at.is_(None))
    order = select(letter).where(*mine).order_by(letter.c.entry, letter.c.place)
    first: dict[str, Letter] = {}
    for row in conn.execute(order):
        first.setdefault(row.subject, _of(row))
    return [one for one in first.values() if one.next_at <= now]


def keep(
    conn: Connection, subscription: int, new: Sequence[tuple[Event, str]], now: datetime,
    wait: timedelta,
) -> None:  # fmt: skip
    """Keep what was refused just now, and what waits behind it. Repeating it changes nothing."""
    rows = [
        {
            "subscription": subscription, "entry": one.at.entry, "place": one.at.place,
            "subject": one.subject, "tries": 0 if reason == "behind_another" else 1,
            "first_at": now, "next_at": now if reason == "behind_another" else now + wait,
            "reason": reason,
        }
        for one, reason in new
    ]  # fmt: skip
    if rows:
        conn.execute(insert(letter).on_conflict_do_nothing(), rows)


def again(house: House, to: tuple[str, str], one: Letter, reason: str, wait: timedelta) -> None:
    """It was refused once more: later, or dead. `to`: the finding's place."""
    now = house.clock()
    dead = now - one.first_at >= DEAD
    values = {"tries": one.tries + 1, "next_at": now + wait, "reason": reason}
    with house.engine.begin() as conn:
        order = update(letter).where(letter.c.id == one.id)
        conn.execute(order.values(values | {"dead_at": now if dead else None}))
        if dead:
            about = (
                f"refused for {DEAD.days} days ({reason}): `zhongtai events replay` tells it again"
            )
            findings.note(conn, to, [Finding("webhook_dead", one.event, about)], now)


def remove(house: House, one: Letter) -> None:
    """It was taken."""
    with house.engine.begin() as conn:
        conn.execute(delete(letter).where(letter.c.id == one.id))


def _of(row: Row[Any]) -> Letter:
    at = Position(row.entry, row.place)
    return Letter(
        row.id, at, f"evt_{row.entry}_{row.place}", row.subject, row.tries, row.first_at,
        row.next_at, row.reason, row.dead_at,
    )  # fmt: skip
