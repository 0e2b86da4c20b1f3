"""Alarms: opened when a cause begins, ended when it is gone, each queued once for each channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.db import lock
from kernel.house import House
from pipeline.ops.channels import Channel
from pipeline.ops.rows import AlarmPage, AlarmRow, Told
from pipeline.ops.tables import alarm, notice
from pipeline.ops.troubles import Now, Trouble
from pipeline.standing import applied

SHOWN: Final = 20


@dataclass(frozen=True)
class Settled:
    """How many alarms began and ended."""

    began: int
    ended: int


def settle(house: House, found: Now, channels: Mapping[str, Channel]) -> Settled:
    """Open what is new, end what is gone, queue what is to be told. Repeating changes nothing."""
    at = house.clock()
    with house.engine.begin() as conn:
        lock(conn, "ops.alarms")
        there = {
            (row.kind, row.subject): row.id
            for row in conn.execute(select(alarm).where(alarm.c.ended_at.is_(None)))
        }
        now = {(one.kind, one.subject): one for one in found.troubles}
        for key in now.keys() & there.keys():
            detail = {"detail": now[key].detail}
            conn.execute(update(alarm).where(alarm.c.id == there[key]).values(detail))
        new = [now[key] for key in sorted(now.keys() - there.keys())]
        for one in new:
            _begin(conn, one, at)
        _begun(conn, channels, at)
        gone = sorted(there.keys() - now.keys())
        for key in gone:
            how = "paused" if key[1] in found.paused else "mended"
            _end(conn, there[key], how, at)
    return Settled(len(new), len(gone))


def _begin(conn: Connection, one: Trouble, at: datetime) -> None:
    values = {"kind": one.kind, "subject": one.subject, "detail": one.detail}
    conn.execute(insert(alarm).values(**values, began_at=one.began, raised_at=at))


def _begun(conn: Connection, channels: Mapping[str, Channel], at: datetime) -> None:
    """Queue what is open for each channel that was not told of it: a new one hears of all."""
    n = notice.c
    open_ones = select(alarm.c.id, alarm.c.kind).where(alarm.c.ended_at.is_(None))
    known = select(n.alarm, n.channel).join(alarm).where(alarm.c.ended_at.is_(None))
    there = {(row[0], row[1]) for row in conn.execute(known.where(n.what == "began"))}
    for number, kind in conn.execute(open_ones.order_by(alarm.c.id)).all():
        wanted = [name for name, one in channels.items() if kind in (one.alarms or [kind])]
        to = [name for name in wanted if (number, name) not in there]
        _queue(conn, number, to, "began", at)


def _end(conn: Connection, number: int, how: str, at: datetime) -> None:
    """Ended; told over the channels that were told of its beginning, and over no others."""
    conn.execute(update(alarm).where(alarm.c.id == number).values(ended_at=at, ended_how=how))
    n = notice.c
    told = or_(n.sent_at.is_not(None), n.next_at.is_not(None))
    to = select(n.channel).where(n.alarm == number, n.what == "began", told)
    _queue(conn, number, conn.execute(to).scalars(), "ended", at)


def _queue(conn: Connection, number: int, to: Iterable[str], what: str, at: datetime) -> None:
    rows = [
        {"alarm": number, "channel": name, "what": what, "made_at": at, "tries": 0, "next_at": at}
        for name in to
    ]
    if rows:
        conn.execute(insert(notice).on_conflict_do_nothing(), rows)


def page(
    house: House, before: int | None, channels: Mapping[str, Channel], problem: str
) -> AlarmPage:
    """Every open alarm, and the ended ones from number `before` down, the newest first."""
    gone: list[ColumnElement[bool]] = [alarm.c.ended_at.is_not(None)]
    gone += [alarm.c.id < before] if before is not None else []
    with house.engine.connect() as conn:
        still = rows(house, conn, [alarm.c.ended_at.is_(None)], None)
        ended = rows(house, conn, gone, SHOWN + 1)
    return AlarmPage(
        open=still,
        ended=ended[:SHOWN],
        before=ended[SHOWN - 1].id if len(ended) > SHOWN else None,
        channels={name: one.kind for name, one in channels.items()},
        problem=problem,
    )


def between(
    house: House, conn: Connection, since: datetime, until: datetime
) -> tuple[AlarmRow, ...]:
    """Alarms that were open at some moment of a time, the newest first."""
    ended = or_(alarm.c.ended_at.is_(None), alarm.c.ended_at >= since)
    return rows(house, conn, [alarm.c.raised_at < until, ended], None)


def rows(
    house: House, conn: Connection, which: Sequence[ColumnElement[bool]], limit: int | None
) -> tuple[AlarmRow, ...]:
    """Alarms by a condition, the newest first, each with what was told of it."""
    query = select(alarm).where(*which).order_by(alarm.c.id.desc()).limit(limit)
    found = conn.execute(query).all()
    told: dict[int, list[Told]] = {row.id: [] for row in found}
    notices = select(notice).where(notice.c.alarm.in_(told)).order_by(notice.c.id)
    for row in conn.execute(notices) if told else ():
        told[row.alarm].append(
            Told(row.channel, row.what, row.sent_at, row.next_at, row.tries, row.reason)
        )
    names = {code: one.name for code, one in applied(house).items()}
    return tuple(_row(row, names, tuple(told[row.id])) for row in found)


def _row(row: Any, names: Mapping[str, str], told: tuple[Told, ...]) -> AlarmRow:
    return AlarmRow(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        name=names.get(row.subject, ""),
        detail=row.detail,
        began_at=row.began_at,
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        ended_how=row.ended_how,
        told=told,
    )
