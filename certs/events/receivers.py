"""Receivers of events: what they want to hear, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from certs.events.kinds import KINDS, Event, Kind, Position
from certs.events.post import check_url
from certs.events.tables import letter, subscription
from kernel.errors import BadInput
from registry import departments, licence_types
from registry.typed import plain

#: The system that findings about receivers are filed under.
SYSTEM: Final = "events"


@dataclass(frozen=True)
class Wanted:
    """What a receiver wants to hear. No types, no departments: all. `since`: None: from now on.

    `secret`: the name of the secret that signs; never the secret.
    """

    name: str
    department: str
    url: str
    kinds: Sequence[str]
    types: Sequence[str]
    departments: Sequence[str]
    secret: str
    since: datetime | None = None


@dataclass(frozen=True)
class Subscription:
    """A receiver as it stands. `state`: proposed, active, failing, stopped or ended.

    `entry`, `place`: the next event that it gets. `waiting`, `dead`: what it refused.
    """

    id: int
    name: str
    department: str
    url: str
    kinds: tuple[Kind, ...]
    types: tuple[str, ...]
    departments: tuple[str, ...]
    secret: str
    since: datetime
    state: str
    proposed_by: str
    approved_by: str | None
    addresses: tuple[str, ...]
    entry: int
    place: int
    tries: int
    failing_since: datetime | None
    next_at: datetime | None
    told_at: datetime | None
    waiting: int
    dead: int

    @property
    def at(self) -> Position:
        """The next event."""
        return Position(self.entry, self.place)

    def wants(self, one: Event) -> bool:
        """Whether it gets the event. What is about no type or nobody's is for every filter."""
        return (
            one.kind in self.kinds
            and one.time >= self.since
            and (not self.types or not one.types or bool(one.types & set(self.types)))
            and (
                not self.departments or one.department is None or one.department in self.departments
            )
        )


def subscriptions(conn: Connection, number: int | None = None) -> list[Subscription]:
    """Every receiver, or the one of that number; by number."""
    dead = letter.c.dead_at.is_not(None)
    counts = (
        select(
            letter.c.subscription,
            func.count().filter(~dead).label("waiting"),
            func.count().filter(dead).label("dead"),
        )
        .group_by(letter.c.subscription)
        .subquery()
    )
    s = subscription
    query = (
        select(s, counts.c.waiting, counts.c.dead)
        .outerjoin(counts, counts.c.subscription == s.c.id)
        .order_by(s.c.id)
    )
    if number is not None:
        query = query.where(s.c.id == number)
    return [_of(row) for row in conn.execute(query)]


def _of(row: Row[Any]) -> Subscription:
    named = set(Subscription.__dataclass_fields__) & set(row._fields)
    values = {name: getattr(row, name) for name in named}
    lists = {name: tuple(values[name]) for name in ("kinds", "types", "departments", "addresses")}
    counts = {"waiting": row.waiting or 0, "dead": row.dead or 0}
    return Subscription(**{**values, **lists, **counts, "state": _state(row)})


def _state(row: Row[Any]) -> str:
    for ends, name in ((row.ended_at, "ended"), (row.stopped_at, "stopped")):
        if ends is not None:
            return name
    if row.approved_at is None:
        return "proposed"
    return "failing" if row.failing_since is not None else "active"


def check(wanted: Wanted) -> None:
    """Raises BadInput on what no receiver can be."""
    plain(wanted.name, "the receiver's name")
    check_url(wanted.url)
    if wanted.department not in departments.load():
        raise BadInput("no such department: `zhongtai systems list` shows them")
    for said, known, what in (
        (wanted.kinds, set(KINDS), "kind of event"),
        (wanted.types, set(licence_types.load()), "licence type"),
        (wanted.departments, set(departments.load()), "department"),
    ):
        unknown = sorted(set(said) - known)
        if unknown:
            raise BadInput(f"no {what} {unknown[0]}")
    if not wanted.kinds:
        raise BadInput(f"name at least one kind of event: {', '.join(KINDS)}")
    if not wanted.secret.isidentifier() or not wanted.secret.isupper():
        raise BadInput("a secret is named in capitals, digits and _, like EVENTS_ONE_WINDOW")
