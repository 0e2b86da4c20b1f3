"""What a contract asserts of a stream, checked at the end of each run against its history.

Minimums stop: they open a hold. The others warn: they are findings with the figures in words.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Connection, func, select

from kernel.house import House
from landing import findings, holds, measures
from landing.findings import Finding
from landing.measures import Measure
from landing.place import Place
from landing.tables import hold, quarantine
from registry.assertions import Assertions, share

#: Fewer refused rows than this never stop a stream whose contract names no limit of its own.
LEAST_REFUSED = 20
#: Runs that it takes to say what is usual, and rows to speak of a share of them.
LEAST_RUNS, LEAST_ROWS = 3, 20


def settle(house: House, conn: Connection, place: Place, started: datetime, ended: int) -> None:
    """Measure a run that has landed whole; open and end findings and holds by it."""
    now = measures.record(conn, place, started, ended)
    stream, said = place.stream, place.stream.asserts or Assertions()
    findings.close_categories(conn, place)
    if now.full:
        findings.close_unseen(conn, place, "unknown_division", started)
    settle_quarantine(house, conn, place, now)
    least = said.rows.least if said.rows else None
    _settle(conn, place, "rows", "volume", _too_few(conn, place, now, least))
    change = said.rows.change if said.rows else None
    _warn(conn, place, "volume", "change", _unusual(conn, place, now, change))
    _settle(conn, place, "filled", "fill_rate", _thin(now, dict(said.filled)))
    age = timedelta(hours=_hours(said.cadence)) if said.cadence else None
    _warn(conn, place, "cadence", stream.column("updated") or "", _old(conn, place, age))


def settle_quarantine(house: House, conn: Connection, place: Place, now: Measure | None) -> None:
    """Whether more rows wait in quarantine than the contract, or else the city, allows."""
    broken = _refused(house, conn, place, now)
    if broken is None and (now is None or now.rows == 0) and _released_only_by_rows(conn, place):
        return  # the last rows that came were bad, and none has come since
    holds.settle(conn, place, "quarantine", broken)


def _released_only_by_rows(conn: Connection, place: Place) -> bool:
    """Whether the open hold is about one run's rows: a run without rows says nothing of them."""
    mine = (place.mine(hold), hold.c.kind == "quarantine", hold.c.ended_at.is_(None))
    detail = conn.scalar(select(hold.c.detail).where(*mine))
    waiting = conn.scalar(select(func.count()).where(*_open(place)))
    return bool(detail and "of this run" in detail and waiting)


def _refused(house: House, conn: Connection, place: Place, now: Measure | None) -> str | None:
    own = place.stream.limits.quarantine if place.stream.limits else None
    text = own or house.settings.quarantine_limit
    limit, said = share(text), f"{text} {'by its contract' if own else 'city-wide'}"
    waiting = int(conn.scalar(select(func.count()).where(*_open(place))) or 0)
    if waiting < (1 if own else LEAST_REFUSED):
        return None
    few = waiting if limit == 0 else math.ceil(waiting / limit) - waiting
    live = _live_up_to(conn, place, few)
    if waiting > limit * (waiting + live):
        part = f"{waiting:,} of {waiting + live:,} rows are in quarantine"
        return f"{part}, and at most {said} may be"
    if now and now.quarantined >= LEAST_REFUSED and now.quarantined > limit * now.rows:
        part = f"{now.quarantined:,} of {now.rows:,} rows of this run are in quarantine"
        return f"{part}, and at most {said} may be"
    return None


def _open(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return place.mine(quarantine), quarantine.c.closed_at.is_(None)


def _live_up_to(conn: Connection, place: Place, enough: int) -> int:
    """How many live rows the stream has, counted no further than `enough`."""
    table = place.table
    live = select(table.c.key_hash).where(place.mine(table), table.c.deleted_at.is_(None))
    some = live.where(~table.c.withheld).limit(enough).subquery()
    return int(conn.scalar(select(func.count()).select_from(some)) or 0)


def _too_few(conn: Connection, place: Place, now: Measure, least: int | None) -> str | None:
    if least is None:
        return None
    have = now.rows if place.stream.mode == "full" else _live_up_to(conn, place, least)
    what = "came" if place.stream.mode == "full" else "are stored"
    return None if have >= least else f"{have:,} rows {what}, and at least {least:,} should"


def _unusual(conn: Connection, place: Place, now: Measure, change: str | None) -> str | None:
    if change is None:
        return None
    past = measures.history(conn, place.system, place.stream.name, 3 * measures.HISTORY)
    same = [one.rows for one in past if one.run != now.run and one.full == now.full]
    usual = median(same[: measures.HISTORY]) if len(same) >= LEAST_RUNS else 0
    if not usual or abs(now.rows - usual) <= share(change) * usual:
        return None
    moved = round(abs(now.rows - usual) / usual * 100)
    more = "more" if now.rows > usual else "fewer"
    return (
        f"{now.rows:,} rows came, {moved}% {more} than the usual {usual:,.0f} (the median of the "
        f"last {len(same[: measures.HISTORY])} runs); at most {change} is expected"
    )


def _thin(now: Measure, wanted: dict[str, str]) -> str | None:
    if now.counted < LEAST_ROWS:
        return None
    thin = [
        f"{name} is filled in {now.filled.get(name, 0) / now.counted:.1%} of {now.counted:,} rows, "
        f"and in at least {least} it should be"
        for name, least in wanted.items()
        if now.filled.get(name, 0) < share(least) * now.counted
    ]
    return "; ".join(thin) or None


def _old(conn: Connection, place: Place, age: timedelta | None) -> str | None:
    newest = measures.newest_record(conn, place) if age else None
    if age is None or newest is None or place.at - newest <= age:
        return None
    hours = (place.at - newest) / timedelta(hours=1)
    most = age // timedelta(hours=1)
    return f"the newest record is {hours:,.0f} hours old, and at most {most} hours are expected"


def _hours(text: str) -> int:
    return int(text[:-1]) * (24 if text[-1] == "d" else 1)


def _settle(conn: Connection, place: Place, kind: str, name: str, broken: str | None) -> None:
    """A minimum: a hold and a finding, both ended when it is met."""
    holds.settle(conn, place, kind, broken)
    _warn(conn, place, name, "least", broken)


def _warn(conn: Connection, place: Place, kind: str, subject: str, broken: str | None) -> None:
    if broken is None:
        findings.close_named(conn, place, kind, [subject])
    else:
        findings.record(conn, place, [Finding(kind, subject, broken)])
