"""What people do about refused rows, holds and findings. Each deed is in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from kernel.errors import BadInput, Refused
from kernel.house import House
from landing import findings, holds
from landing.replay import Replayed, replay
from landing.tables import quarantine
from ledger import log
from ledger.events import EventName, event
from pipeline.recorded import run_by_hand
from pipeline.refresh import refresh_refused
from pipeline.sync import only_one, system_of
from registry import accounts
from registry.accounts import Account
from registry.contract import System

LEVELS = {"municipal": "", "provincial": "省级主管部门，经", "national": "国家主管部门，经"}


@dataclass(frozen=True)
class Cause:
    """Open refused rows of one stream that broke the same rule at the same column."""

    system: str
    stream: str
    column: str | None
    rule: str
    reason: str
    rows: int
    first_seen: datetime
    owner: str


def owner_of(system: System) -> str:
    """Who can mend the source: the department, or through it who runs the system."""
    return LEVELS[system.level] + system.department


def causes(house: House, systems: Sequence[System]) -> list[Cause]:
    """Open refused rows by cause, without any value; the most rows first."""
    c = quarantine.c
    owners = {one.code: owner_of(one) for one in systems}
    same = (c.system, c.stream, c.column, c.rule)
    query = (
        select(
            *same,
            func.min(c.reason).label("reason"),
            func.count().label("rows"),
            func.min(c.first_seen).label("first_seen"),
        )
        .where(c.closed_at.is_(None), c.system.in_(sorted(owners)))
        .group_by(*same)
        .order_by(func.count().desc(), *same)
    )
    with house.engine.connect() as conn:
        rows = conn.execute(query).all()
    return [
        Cause(
            system=row.system,
            stream=row.stream,
            column=row.column,
            rule=row.rule,
            reason=row.reason,
            rows=row.rows,
            first_seen=row.first_seen,
            owner=owners[row.system],
        )
        for row in rows
    ]


def known_account(house: House, name: str) -> Account:
    """The account of that name. Raises BadInput when there is none."""
    with house.engine.connect() as conn:
        found = accounts.account(conn, name)
    if found is None:
        raise BadInput(f"no account {name}, or it is disabled")
    return found


def officers_only(house: House, account: Account, system: System) -> None:
    """Raises Refused, on record, unless the account is an officer of the system's department."""
    if account.role == "officer" and account.department == system.department:
        return
    _note(house, "quarantine.refused", account.name, system=system.code, reason="not_of_department")
    raise Refused("只有该部门的人员可以查看退回的数据。", reason="not_of_department")


def may_mend(house: House, account: Account, system: System) -> None:
    """Raises Refused, on record, unless it is operations or an officer of the department."""
    if account.role != "ops":
        officers_only(house, account, system)


def replay_system(house: House, code: str, by: str, only: str | None = None) -> dict[str, Replayed]:
    """Judge a system's refused rows again by the contract in force; what became of each stream's.

    Raises BadInput on a stream that it has not, RetryLater while a sync of it runs.
    """
    system = system_of(house, code)
    names = [name for name, one in system.streams.items() if one.mode != "lookup"]
    if only is not None and only not in names:
        raise BadInput(f"{code} has no stream {only} that keeps rows; it has {', '.join(names)}")
    done: dict[str, Replayed] = {}
    with only_one(house, code):
        for name in [only] if only else names:
            done[name] = replay(house, code, system.streams[name])
    rows = sum(one.looked_at for one in done.values())
    stored = sum(one.stored + one.deleted for one in done.values())
    _note(house, "quarantine.replayed", by, system=code, stream=only, rows=rows, count=stored)
    return done


def read_again(house: House, code: str, entry: int, by: str) -> str:
    """Ask the source for a refused row, which may have been mended there; what became of it.

    Raises what `refresh_refused` raises.
    """
    outcome = refresh_refused(house, code, entry, run_by_hand("record"), by)
    facts = {"system": code, "subject": str(entry), "outcome": outcome}
    _note(house, "quarantine.read_again", by, **facts)
    return outcome


def release_hold(house: House, number: int, by: str, why: str, system: str | None = None) -> str:
    """End a hold; gives the system. Raises BadInput without a reason or such a hold."""
    with house.engine.begin() as conn:
        one = holds.release(conn, house.clock(), number, by, why)
        _of_system("hold", number, one.system, system)
        facts = {"system": one.system, "stream": one.stream, "subject": one.kind}
        _append(house, conn, "hold.released", by, **facts)
    return one.system


def acknowledge_finding(
    house: House, number: int, by: str, why: str, system: str | None = None
) -> str:
    """A person knows of a finding and says why it may stay; gives the system. Raises BadInput."""
    with house.engine.begin() as conn:
        row = findings.acknowledge(conn, house.clock(), number, by, why)
        _of_system("finding", number, row.system, system)
        facts = {"system": row.system, "stream": row.stream, "subject": row.kind}
        _append(house, conn, "finding.acknowledged", by, **facts)
    return str(row.system)


def _of_system(what: str, number: int, found: str, wanted: str | None) -> None:
    if wanted is not None and wanted != found:
        raise BadInput(f"the {what} {number} is of another system")


def _note(house: House, name: EventName, actor: str, **facts: str | int | None) -> None:
    with house.engine.begin() as conn:
        _append(house, conn, name, actor, **facts)


def _append(
    house: House, conn: Connection, name: EventName, actor: str, **facts: str | int | None
) -> None:
    log.append(conn, event(house.clock(), name, actor, **facts))
