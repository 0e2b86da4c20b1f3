"""The report of a day: what was read, refused, late, out of order, found and alarmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import Connection, and_, func, or_, select

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from landing.tables import finding, quarantine
from landing.tables import run as runs
from pipeline.ops import alarms, freshness, outages
from pipeline.ops.paper_rows import DailyReport, FindingDay, LateDay, OutageDay, SystemDay
from pipeline.standing import applied
from registry.contract import System

SUMS = ("rows", "stored", "quarantined", "deleted")
STATES = ("done", "failed", "resting")


def report(house: House, day: date) -> DailyReport:
    """A day of the city; the running one up to now. Raises BadInput for a day to come."""
    now, systems = house.clock(), applied(house)
    since = datetime.combine(day, clock_time(), CITY_TIME)
    if since > now:
        raise BadInput(f"{day} 还没有到，日报最晚到今天。")
    until = min(since + timedelta(days=1), now)
    running = until == now
    with house.engine.connect() as conn:
        did = list(_systems(conn, systems, since, until))
        busy = {one.code for one in did}
        return DailyReport(
            day=day,
            until=until,
            made_at=now,
            systems=tuple(did),
            silent=tuple((code, one.name) for code, one in systems.items() if code not in busy),
            refused=_refused(conn, since, until),
            late=tuple(_late(conn, systems, now)) if running else None,
            outages=tuple(_outages(conn, systems, since, until)),
            findings=tuple(_findings(conn, systems, since, until)),
            alarms=alarms.between(house, conn, since, until),
        )


def _systems(
    conn: Connection, systems: Mapping[str, System], since: datetime, until: datetime
) -> Iterator[SystemDay]:
    """Who ran on the day; who failed first, then by code."""
    c = runs.c
    ended = [func.count().filter(c.state == name).label(name) for name in STATES]
    sums = [func.coalesce(func.sum(c[name]), 0).label(name) for name in SUMS]
    query = (
        select(
            c.system,
            func.count().label("runs"),
            func.coalesce(func.sum(c.seconds), 0).label("seconds"),
            *ended,
            *sums,
        )
        .where(c.system.in_(sorted(systems)), c.started >= since, c.started < until)
        .group_by(c.system)
        .order_by(func.count().filter(c.state == "failed").desc(), c.system)
    )
    for row in conn.execute(query):
        one = systems[row.system]
        yield SystemDay(
            code=one.code,
            name=one.name,
            department=one.department,
            runs=row.runs,
            done=row.done,
            failed=row.failed,
            resting=row.resting,
            rows=int(row.rows),
            stored=int(row.stored),
            refused=int(row.quarantined),
            deleted=int(row.deleted),
            seconds=float(row.seconds),
        )


def _refused(conn: Connection, since: datetime, until: datetime) -> tuple[int, int, int]:
    """Refused rows: new, closed, open at the end.

    Each count is a range of an index, or the index of the open ones: there may be a million.
    """
    c = quarantine.c
    still, later = c.closed_at.is_(None), c.first_seen >= until
    counts = [
        select(func.count()).select_from(quarantine).where(which).scalar_subquery()
        for which in (
            and_(c.first_seen >= since, c.first_seen < until),
            and_(c.closed_at >= since, c.closed_at < until),
            still,
            and_(later, still),
            and_(c.closed_at >= until, c.first_seen < until),
        )
    ]
    new, closed, opened, came, went = conn.execute(select(*counts)).one()
    return int(new), int(closed), int(opened - came + went)


def _late(conn: Connection, systems: Mapping[str, System], now: datetime) -> Iterator[LateDay]:
    complete, ran = freshness.complete(conn), outages.last_runs(conn, systems)
    for code, system in systems.items():
        for one in freshness.of_system(system, complete, now):
            if one.late and code in ran:  # who was never read is not late: it is not live
                yield LateDay(code, system.name, one)


def _outages(
    conn: Connection, systems: Mapping[str, System], since: datetime, until: datetime
) -> Iterator[OutageDay]:
    c = runs.c
    query = select(c.system).where(c.system.in_(sorted(systems)), c.kind == "sync")
    query = query.where(c.state == "failed", c.started < until, c.started >= since - outages.BEFORE)
    for code in sorted(set(conn.execute(query.distinct()).scalars())):
        for one in outages.of_system(conn, code, since, until):
            yield OutageDay(code, systems[code].name, one)


def _findings(
    conn: Connection, systems: Mapping[str, System], since: datetime, until: datetime
) -> Iterator[FindingDay]:
    """What began on the day, and what was open at its end, the oldest first."""
    c = finding.c
    still = or_(c.closed_at.is_(None), c.closed_at >= until)
    query = select(finding).where(c.first_seen < until, or_(c.first_seen >= since, still))
    for row in conn.execute(query.order_by(c.first_seen, c.id)):
        name = systems[row.system].name if row.system in systems else row.system
        yield FindingDay(
            code=row.system,
            name=name,
            stream=row.stream,
            kind=row.kind,
            subject=row.subject,
            first_seen=row.first_seen,
            closed_at=row.closed_at,
            known_to=row.acknowledged_by,
        )
