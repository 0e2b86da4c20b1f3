"""容缺: a material that only a source at rest stands between is promised, not asked for.

A plan that meets such a line promises it for its case: what, why, until when. Each later plan of
the case, a clerk's or the platform's own, settles what has been found meanwhile and tells the
clerks of the post. Nothing here looks at a licence: a promise follows from a plan's lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Result, Row, bindparam, func, insert, select, update

from certs.licences.face import chinese_day
from certs.tables import promise
from certs.waivers.evidence import LATER
from certs.waivers.lines import PlanLine
from certs.waivers.messages import tell
from kernel.clock import CITY_TIME
from kernel.reads import Read, read
from ledger import log
from ledger.events import event
from registry import workdays

#: Working days within which a promise must be kept; a setting, not a law.
DAYS = 5
SETTLED = {
    "fetched": "办件 {case} 容缺的“{material}”已由平台补取核验，无需申请人补交。",
    "to_bring": "办件 {case} 容缺的“{material}”补取后仍不能免提交，请通知申请人于{until}前补交。",
    "overdue": "办件 {case} 容缺的“{material}”至{until}仍未能补取，请通知申请人补交。",
}


@dataclass(frozen=True)
class About:
    """The plan that is being made."""

    case_number: str
    item_id: str
    post: str
    asker: str
    now: datetime
    today: date


@dataclass(frozen=True)
class Promise:
    """One material that a case was accepted without. `outcome`: None while it is open."""

    case_number: str
    material_id: str
    material: str
    post: str
    reason: str
    made_by: str
    made_at: datetime
    until: date
    outcome: str | None
    settled_at: datetime | None


def promised(
    conn: Connection,
    about: About,
    lines: Sequence[PlanLine],
    waived: Collection[str],
    open_: Sequence[Row[Any]],
) -> list[PlanLine]:
    """The lines, those of open promises saying so; new promises made, old ones settled.

    `waived`: materials that a licence would waive, were its source there. `open_`: the case's
    open promises, see `open_read`.
    """
    held = {row.material_id: row for row in open_}
    made: list[PlanLine] = []
    for line in lines:
        row = held.get(line.material_id)
        waits = line.verdict == "bring" and line.detail in LATER and line.material_id in waived
        if row is not None:
            made.append(_followed(conn, about, line, row, waits=waits))
        elif waits:
            made.append(_shown(line, _make(conn, about, line)))
        else:
            made.append(line)
    return made


def open_cases(conn: Connection) -> list[tuple[str, str]]:
    """Cases with an open promise, and who was promised the oldest of each."""
    p = promise.c
    query = select(p.case_number, p.made_by).where(p.outcome.is_(None)).order_by(p.id)
    found: dict[str, str] = {}
    for row in conn.execute(query):
        found.setdefault(row.case_number, row.made_by)
    return list(found.items())


def outcomes(conn: Connection) -> dict[str, int]:
    """How many promises came to what; `open`: those that are not settled."""
    name = func.coalesce(promise.c.outcome, "open")
    rows = conn.execute(select(name, func.count()).group_by(name))
    return {row[0]: row[1] for row in rows}


def of_cases(conn: Connection, posts: Collection[str]) -> list[Promise]:
    """The promises of these posts' cases, open ones first, then the newest."""
    p = promise.c
    query = (
        select(promise)
        .where(p.post.in_(sorted(posts)))
        .order_by(p.outcome.is_not(None), p.id.desc())
    )
    return [
        Promise(**{name: row._mapping[name] for name in Promise.__dataclass_fields__})
        for row in conn.execute(query)
    ]


def close(conn: Connection, case_number: str, now: datetime) -> int:
    """End the promises of a case that is over; how many."""
    rows = read(conn, open_read(case_number))
    for row in rows:
        _settle(conn, row, "case_closed", "platform", now)
    return len(rows)


def overdue(conn: Connection, now: datetime, today: date) -> int:
    """End the promises whose last day is over, and tell their clerks; how many."""
    rows = conn.execute(
        select(promise).where(promise.c.outcome.is_(None), promise.c.until < today)
    ).all()
    for row in rows:
        _settle(conn, row, "overdue", "platform", now)
    return len(rows)


OPEN = (
    select(promise)
    .where(promise.c.case_number == bindparam("number"), promise.c.outcome.is_(None))
    .order_by(promise.c.id)
)


def open_read(case_number: str) -> Read[Sequence[Row[Any]]]:
    """The open promises of a case."""
    return Read(OPEN, {"number": case_number}, Result.all)


def _make(conn: Connection, about: About, line: PlanLine) -> date:
    until = workdays.after(about.today, DAYS)
    conn.execute(
        insert(promise).values(
            case_number=about.case_number,
            item_id=about.item_id,
            material_id=line.material_id,
            material=line.name,
            post=about.post,
            reason=line.detail,
            made_by=about.asker,
            made_at=about.now,
            until=until,
        )
    )
    facts = {"post": about.post, "material": line.material_id, "reason": line.detail}
    log.append(
        conn,
        event(about.now, "promise.made", about.asker, case=about.case_number, **facts),
    )
    return until


def _followed(
    conn: Connection, about: About, line: PlanLine, row: Row[tuple[object, ...]], *, waits: bool
) -> PlanLine:
    """A line of a material that was promised: still open, or settled now."""
    if waits and row.until >= about.today:
        return _shown(line, row.until)
    unmet = "overdue" if waits else "to_bring"
    outcome = unmet if line.verdict == "bring" else "fetched"
    _settle(conn, row, outcome, about.asker, about.now)
    return line


def _shown(line: PlanLine, until: date) -> PlanLine:
    why = line.why.removesuffix("。").removesuffix("，请携带")
    said = f"{why}；已容缺受理，平台将自动补取，最迟{chinese_day(until)}，本次不必携带。"
    return replace(line, why=said, promised_until=until)


def _settle(
    conn: Connection, row: Row[tuple[object, ...]], outcome: str, who: str, now: datetime
) -> None:
    done = (
        update(promise)
        .where(promise.c.id == row.id, promise.c.outcome.is_(None))
        .values(outcome=outcome, settled_at=now)
    )
    if conn.execute(done).rowcount == 0:
        return
    facts = {"material": row.material_id, "outcome": outcome, "post": row.post}
    log.append(conn, event(now, "promise.settled", who, case=row.case_number, **facts))
    if outcome in SETTLED:
        until = (
            workdays.after(now.astimezone(CITY_TIME).date(), DAYS)
            if outcome == "to_bring"
            else row.until
        )
        text = SETTLED[outcome].format(
            case=row.case_number, material=row.material, until=chinese_day(until)
        )
        tell(conn, row.post, row.case_number, text, now)
