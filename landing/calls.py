"""Calls to a source, counted by hour, so that our own count keeps its quota."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from kernel.clock import CITY_TIME
from kernel.db import lock
from kernel.errors import Resting
from landing.tables import call
from registry.contract import Quota, System


def spend(conn: Connection, system: System, now: datetime) -> None:
    """Count one call, in the caller's transaction. Raises Resting when the quota is used up.

    A day is the city's. A system without a quota is not counted.
    """
    if system.quota is None:
        return
    lock(conn, f"calls/{system.code}")
    _, end = period(system.quota, now)
    if used(conn, system, now) >= system.quota.calls:
        raise Resting(
            f"the quota of {system.code} is used up ({system.quota.calls} calls a "
            f"{system.quota.per}): it goes on after {end.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
            system=system.code,
            until=end.isoformat(),
        )
    hour = now.astimezone(CITY_TIME).replace(minute=0, second=0, microsecond=0)
    order = insert(call).values(system=system.code, hour=hour, calls=1)
    conn.execute(
        order.on_conflict_do_update(
            index_elements=[call.c.system, call.c.hour], set_={"calls": call.c.calls + 1}
        )
    )


def used(conn: Connection, system: System, now: datetime) -> int:
    """Calls counted in the quota's hour or day; 0 without a quota."""
    if system.quota is None:
        return 0
    begin, end = period(system.quota, now)
    query = select(func.coalesce(func.sum(call.c.calls), 0)).where(
        call.c.system == system.code, call.c.hour >= begin, call.c.hour < end
    )
    return int(conn.scalar(query) or 0)


def period(quota: Quota, now: datetime) -> tuple[datetime, datetime]:
    """The hour or the city's day that a quota counts in now."""
    hour = now.astimezone(CITY_TIME).replace(minute=0, second=0, microsecond=0)
    if quota.per == "hour":
        return hour, hour + timedelta(hours=1)
    day = hour.replace(hour=0)
    return day, day + timedelta(days=1)
