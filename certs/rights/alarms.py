"""Alarms: bursts, looks whose case never moves, cases never confirmed, late corrections, orders.

`sweep` finds all but those of orders; it may run at any time and as often as one likes. An alarm
stays open until a person closes it with a reason; while it is open the same is not raised again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Select, select, text, update
from sqlalchemy.dialects.postgresql import insert

from certs.rights.tables import alarm
from certs.tables import correction
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from ledger import log
from ledger.events import event
from registry import workdays
from registry.accounts import Account
from registry.moves import role_of
from registry.typed import plain

Which = Literal["open", "closed", "all"]
#: A burst: more looks in an hour than FACTOR times the account's usual one, at least LEAST.
FACTOR, LEAST = 5, 30
USUAL_DAYS = 28
#: A look whose case has not moved for so long after it.
STILL = timedelta(days=15)
BURSTS = text("""
SELECT reader, count(*) FILTER (WHERE made_at > :hour) AS now_,
  count(*) FILTER (WHERE made_at <= :hour) * 1.0 / greatest(
    count(DISTINCT date_trunc('hour', made_at)) FILTER (WHERE made_at <= :hour), 1) AS usual
FROM certs.looked WHERE made_at > :since AND made_at <= :now
 AND reader IN (SELECT reader FROM certs.looked WHERE made_at > :hour AND made_at <= :now
                GROUP BY reader HAVING count(*) > :least)
GROUP BY reader
""")
STILL_CASES = text("""
SELECT p.case_number, max(p.made_at) AS looked FROM certs.looked p
JOIN landing."case" c ON c.case_number = p.case_number AND c.deleted_at IS NULL AND NOT c.withheld
WHERE p.made_at <= :before AND p.made_at > :since
GROUP BY p.case_number
HAVING bool_and(c.state IN ('accepted', 'deciding'))
   AND max(greatest(c.landed_at, coalesce(c.source_time, c.landed_at))) <= max(p.made_at)
""")
UNCONFIRMED = text("""
SELECT p.case_number, max(p.made_at) AS looked FROM certs.looked p
JOIN landing."case" c ON c.case_number = p.case_number AND c.deleted_at IS NULL AND NOT c.withheld
WHERE p.made_at > :since
GROUP BY p.case_number HAVING bool_and(c.provisional) AND max(c.opened) < :midnight
""")


@dataclass(frozen=True)
class Alarm:
    """One alarm. `subject`: an account, a case, the number of an order or of a correction."""

    id: int
    kind: str
    subject: str
    detail: str
    raised_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    closed_why: str | None


def alarms(
    conn: Connection, which: Which = "open", before: int | None = None, limit: int | None = None
) -> list[Alarm]:
    """Alarms, the newest first: those below number `before`, at most `limit`."""
    rows = conn.execute(listed(which, before, limit))
    return [Alarm(**row._mapping) for row in rows]


def listed(which: Which, before: int | None, limit: int | None) -> Select[Any]:
    """Their query. It goes on by the number (keyset), so that every page is as fast."""
    query = select(alarm).order_by(alarm.c.id.desc()).limit(limit)
    if which != "all":
        gone = alarm.c.closed_at
        query = query.where(gone.is_(None) if which == "open" else gone.is_not(None))
    return query if before is None else query.where(alarm.c.id < before)


def sound(conn: Connection, at: datetime, kind: str, subject: str, detail: str) -> bool:
    """Raise an alarm unless the same is open; whether it was raised."""
    values = {"kind": kind, "subject": subject, "detail": detail, "raised_at": at}
    new = insert(alarm).values(values).on_conflict_do_nothing().returning(alarm.c.id)
    number = conn.execute(new).scalar()
    if number is None:
        return False
    log.append(conn, event(at, "alarm.raised", "platform", kind=kind, alarm=number))
    return True


def close(conn: Connection, who: Account, number: int, why: str, at: datetime) -> None:
    """A person has looked into it. Operations or the bureau. Raises BadInput, Refused."""
    role_of(who, ("ops", "bureau"), "close an alarm")
    ended = {"closed_at": at, "closed_by": who.name, "closed_why": plain(why, "the reason")}
    mine = update(alarm).where(alarm.c.id == number, alarm.c.closed_at.is_(None))
    if conn.execute(mine.values(ended).returning(alarm.c.id)).first() is None:
        raise BadInput(f"no open alarm {number}: `zhongtai rights alarms` shows them")
    log.append(conn, event(at, "alarm.closed", who.name, alarm=number))


def sweep(house: House) -> int:
    """Look for bursts, still cases, cases never confirmed and corrections that nobody answered in
    time; how many alarms were raised."""
    now = house.clock()
    with house.engine.connect() as conn:
        found = [
            *_bursts(conn, now),
            *_still(conn, now),
            *_unconfirmed(conn, now),
            *_late(conn, now),
        ]
    if not found:
        return 0
    with house.engine.begin() as conn:
        return sum(sound(conn, now, *one) for one in found)


def _bursts(conn: Connection, now: datetime) -> Iterable[tuple[str, str, str]]:
    times = {"now": now, "hour": now - timedelta(hours=1), "least": LEAST - 1}
    since = {"since": now - timedelta(days=USUAL_DAYS)}
    for row in conn.execute(BURSTS, times | since):
        if row.now_ > FACTOR * row.usual:
            said = f"一小时内查看 {row.now_} 次，平时每小时约 {row.usual:.0f} 次"
            yield "burst", row.reader, said


def _still(conn: Connection, now: datetime) -> Iterable[tuple[str, str, str]]:
    times = {"before": now - STILL, "since": now - timedelta(days=365)}
    for row in conn.execute(STILL_CASES, times):
        day = row.looked.astimezone(CITY_TIME).date()
        yield "still_case", row.case_number, f"{day} 查看证照后，办件一直没有进展"


def _unconfirmed(conn: Connection, now: datetime) -> Iterable[tuple[str, str, str]]:
    midnight = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    times = {"midnight": midnight, "since": now - timedelta(days=365)}
    for row in conn.execute(UNCONFIRMED, times):
        day = row.looked.astimezone(CITY_TIME).date()
        yield "unconfirmed_case", row.case_number, f"{day} 为临时办件查看证照，业务系统未确认该办件"


def _late(conn: Connection, now: datetime) -> Iterable[tuple[str, str, str]]:
    c, today = correction.c, now.astimezone(CITY_TIME).date()
    query = select(c.id, c.department, c.licence_type, c.due)
    for row in conn.execute(query.where(c.answer.is_(None), c.due < today).order_by(c.id)):
        days = workdays.between(row.due, today)
        if days:
            asked = f"{row.department}应于{row.due}前答复{row.licence_type}的校核"
            yield "late_correction", str(row.id), f"{asked}，已逾期 {days} 个工作日"
