"""Holds: a stream that breaks a minimum. While one is open, nothing new of its system is sealed.

What landed stays landed, and deletes and revocations count on. A hold ends by itself when the
figure is right again, or by a person who says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.errors import BadInput, PersonMustAct
from kernel.house import House
from landing.place import Place
from landing.tables import hold


@dataclass(frozen=True)
class Hold:
    """An open hold. `kind`: quarantine, rows or filled; `detail`: the figures in words."""

    id: int
    system: str
    stream: str
    kind: str
    detail: str
    since: datetime


def settle(conn: Connection, place: Place, kind: str, broken: str | None) -> None:
    """Open or renew the hold of a kind when a minimum is broken, end it when it is not."""
    if broken is None:
        mine = (place.mine(hold), hold.c.kind == kind, hold.c.ended_at.is_(None))
        conn.execute(update(hold).where(*mine).values(ended_at=place.at))
        return
    order = insert(hold).values(
        system=place.system, stream=place.stream.name, kind=kind, detail=broken, since=place.at
    )
    conn.execute(
        order.on_conflict_do_update(
            index_elements=[hold.c.system, hold.c.stream, hold.c.kind],
            index_where=hold.c.ended_at.is_(None),
            set_={"detail": order.excluded.detail},
        )
    )


def open_holds(conn: Connection, system: str | None = None) -> list[Hold]:
    """Open holds of one system or of all, the oldest first."""
    query = select(*(hold.c[name] for name in Hold.__dataclass_fields__))
    query = query.where(hold.c.ended_at.is_(None))
    if system is not None:
        query = query.where(hold.c.system == system)
    return [Hold(*row) for row in conn.execute(query.order_by(hold.c.since, hold.c.id))]


def check(house: House, system: str) -> None:
    """Raises PersonMustAct with the first open hold of a system, in one sentence."""
    with house.engine.connect() as conn:
        held = open_holds(conn, system)
    if held:
        raise PersonMustAct(
            f"{system} {held[0].stream}: {held[0].detail}; what came has landed, nothing new is "
            "sealed until the source is mended or `zhongtai holds release` says why it may go on",
            system=system,
            stream=held[0].stream,
        )


def release(conn: Connection, at: datetime, number: int, by: str, why: str) -> Hold:
    """End a hold because a person says so. Raises BadInput without a reason or such a hold."""
    if not why.strip():
        raise BadInput("say why it may go on: the reason is kept with the hold")
    row = conn.execute(
        update(hold)
        .where(hold.c.id == number, hold.c.ended_at.is_(None))
        .values(ended_at=at, ended_by=by, ended_why=why.strip()[:200])
        .returning(*(hold.c[name] for name in Hold.__dataclass_fields__))
    ).one_or_none()
    if row is None:
        raise BadInput(f"no open hold {number}: `zhongtai holds list` shows the numbers")
    return Hold(*row)
