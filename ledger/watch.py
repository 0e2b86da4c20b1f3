"""Whether the ledger's heads are being signed: else it alarms, and then fetching stops.

Signing fails as long as an entry waits for its head. Fifteen minutes after the first such entry
an alarm is on record; after four hours no licence is given out, while plans go on and papers may
be supplied later (容缺). Two people may put that off once, by four hours, on record.
All of it follows from the database and the clock, so that every process comes to the same answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Connection, Result, func, insert, select, update

from kernel.errors import BadInput, Refused
from kernel.house import House
from kernel.reads import Read, read
from ledger import log
from ledger.events import event
from ledger.tables import entry, head, outage

ALARM = timedelta(minutes=15)
STOP = timedelta(hours=4)
LONGER = timedelta(hours=4)
BEHIND = timedelta(minutes=5)  # so far may the clocks of two machines lie apart
State = Literal["signed", "waiting", "alarm", "stopped"]
Stop = Literal["ledger_unsigned", "clock_behind"]
STOPS: frozenset[str] = frozenset(get_args(Stop))

#: The first entry without a head.
UNSIGNED = select(entry.c.body).where(
    entry.c.seq == select(func.coalesce(func.max(head.c.size), 0)).scalar_subquery()
)
#: Its body; None: every entry has one. To be read together with others.
FIRST_UNSIGNED: Read[str | None] = Read(UNSIGNED, {}, Result.scalar_one_or_none)
#: When the newest head was signed, and that body, in one round trip.
NEWEST = select(
    select(head.c.signed_at).order_by(head.c.size.desc()).limit(1).scalar_subquery(),
    UNSIGNED.scalar_subquery(),
)


@dataclass(frozen=True)
class Signing:
    """`since`: when the first entry without a head was written; None: all are signed.

    `stops_at`: when fetching stops, or has stopped.
    """

    state: State
    since: datetime | None
    stops_at: datetime | None


def signing(conn: Connection, now: datetime) -> Signing:
    """How signing stands. Two rows are read."""
    return standing(conn, read(conn, FIRST_UNSIGNED), now)


def standing(conn: Connection, body: str | None, now: datetime) -> Signing:
    """The same of the first entry without a head, where that is read (see `FIRST_UNSIGNED`)."""
    if body is None:
        return Signing("signed", None, None)
    since = datetime.fromisoformat(json.loads(body)["at"])
    if now - since < ALARM:
        return Signing("waiting", since, since + STOP)
    granted = select(outage.c.agreed_at).where(outage.c.since == since)
    longer = conn.execute(granted).scalar_one_or_none() is not None
    stops_at = since + STOP + (LONGER if longer else timedelta())
    return Signing("stopped" if now >= stops_at else "alarm", since, stops_at)


def no_look(conn: Connection, now: datetime) -> Stop | None:
    """Why no licence may be given out now; None: it may.

    A clock that runs behind the newest signed head was set back: what has expired would count
    again, and the entry would say a time that was not.
    """
    latest, body = conn.execute(NEWEST).one()
    if latest is not None and now < latest - BEHIND:
        return "clock_behind"
    return "ledger_unsigned" if standing(conn, body, now).state == "stopped" else None


def alarm(house: House) -> Signing:
    """Put an outage on record once it has lasted; repeating it changes nothing."""
    now = house.clock()
    with house.engine.begin() as conn:
        found = signing(conn, now)
        if found.since is not None and found.state in ("alarm", "stopped"):
            known = select(outage.c.since).where(outage.c.since == found.since).with_for_update()
            if conn.execute(known).scalar_one_or_none() is None:
                conn.execute(insert(outage).values(since=found.since, alarmed_at=now))
                log.append(conn, event(now, "ledger.alarm", "ledger", reason="heads_not_signed"))
    return found


def ask_longer(house: House, who: str, why: str) -> datetime:
    """The first person's word that fetching should go on. Gives when it will stop till then.

    Raises BadInput when nothing is out of order or it was asked before.
    """
    if len(why.strip()) < 2:
        raise BadInput("say why fetching must go on without signed heads")
    alarm(house)
    now = house.clock()
    with house.engine.begin() as conn:
        found = _troubled(conn, now)
        row = conn.execute(select(outage).where(outage.c.since == found.since)).one()
        if row.asked_by is not None:
            raise BadInput(f"{row.asked_by} asked for that already: another person must agree")
        values = {"asked_by": who, "asked_at": now, "why": why.strip()}
        conn.execute(update(outage).where(outage.c.since == found.since).values(values))
        log.append(conn, event(now, "ledger.longer_asked", who, reason="heads_not_signed"))
        return _stops(found)


def agree_longer(house: House, who: str) -> datetime:
    """The second person's. Gives until when fetching goes on.

    Raises BadInput when nobody asked or it was granted, Refused for the person who asked.
    """
    now = house.clock()
    with house.engine.begin() as conn:
        found = _troubled(conn, now)
        row = conn.execute(select(outage).where(outage.c.since == found.since)).one_or_none()
        if row is None or row.asked_by is None:
            raise BadInput("nobody has asked that fetching go on: `zhongtai ledger extend` asks")
        if row.agreed_by is not None:
            raise BadInput("fetching was put off once already; sign the heads, or stop")
        if row.asked_by == who:
            raise Refused("the person who asked cannot agree: another must", reason="same_person")
        values = {"agreed_by": who, "agreed_at": now}
        conn.execute(update(outage).where(outage.c.since == found.since).values(values))
        facts = {"reason": "heads_not_signed", "subject": str(row.asked_by)}
        log.append(conn, event(now, "ledger.longer_granted", who, **facts))
        return _stops(found) + LONGER


def _troubled(conn: Connection, now: datetime) -> Signing:
    found = signing(conn, now)
    if found.state not in ("alarm", "stopped"):
        raise BadInput("the ledger's heads are signed: there is nothing to put off")
    return found


def _stops(found: Signing) -> datetime:
    if found.stops_at is None:
        raise ValueError("an outage has a time when fetching stops")
    return found.stops_at
