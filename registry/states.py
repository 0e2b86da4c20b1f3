"""The connection states of a system before its first sync, with their history.

    not_applied ⇄ applied ⇄ authorised ⇄ testing ⇄ live

One step at a time, forward only with its evidence. The history is append-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import Connection, func, insert, select

from kernel.db import lock
from kernel.errors import BadInput
from ledger import log
from ledger.events import event
from registry.tables import state_change
from registry.typed import plain

State = Literal["not_applied", "applied", "authorised", "testing", "live"]
Waits = Literal["department", "province", "nation", "bureau", "ops", "nobody"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Evidence:
    """What is there: a form, its letter's number, a contract in force, the officer's yes.

    `unreached`: why the system is not reached; None when it is. `level` as the form or contract.
    """

    form: bool
    letter: bool
    contract: bool
    unreached: str | None
    confirmed: bool


@dataclass(frozen=True)
class Change:
    """One step of the history."""

    state: State
    by: str
    why: str
    at: datetime


def steps_from(state: State) -> tuple[State, ...]:
    """The states that may follow: one back, one forward."""
    at = STATES.index(state)
    return tuple(STATES[n] for n in (at - 1, at + 1) if 0 <= n < len(STATES))


def lacking(to: State, evidence: Evidence) -> str | None:
    """What must be there first, in one sentence; None when the step forward may be made."""
    wanted: Mapping[State, tuple[bool, str]] = {
        "not_applied": (True, ""),
        "applied": (evidence.form, "the department's form: `zhongtai systems register FILE`"),
        "authorised": (
            evidence.letter,
            "the authorisation letter's number: the form with it filled in",
        ),
        "testing": (
            evidence.contract and evidence.unreached is None,
            f"a contract in force that reaches the system ({evidence.unreached or 'none applied'})",
        ),
        "live": (
            evidence.confirmed,
            "the officer's confirmation of the contract in force: /dept/systems/CODE/confirm",
        ),
    }
    there, what = wanted[to]
    return None if there else what


def waits_for(state: State, level: str, contract: bool) -> Waits:
    """Whom the next step waits for. Who grants depends on who owns the system."""
    owner: dict[str, Waits] = {
        "municipal": "bureau",
        "provincial": "province",
        "national": "nation",
    }
    who: dict[State, Waits] = {
        "not_applied": "department",
        "applied": owner[level],
        "authorised": "ops",
        "testing": "department" if contract else "ops",
        "live": "nobody",
    }
    return who[state]


def history(conn: Connection, code: str) -> list[Change]:
    """Every change of a system, the newest first."""
    t = state_change
    rows = conn.execute(select(t).where(t.c.system == code).order_by(t.c.id.desc()))
    return [Change(cast(State, r.state), r.by, r.why, r.at) for r in rows]


def newest(conn: Connection) -> dict[str, Change]:
    """The newest change of every system that has one."""
    t = state_change
    last = select(func.max(t.c.id)).group_by(t.c.system)
    rows = conn.execute(select(t).where(t.c.id.in_(last)))
    return {r.system: Change(cast(State, r.state), r.by, r.why, r.at) for r in rows}


def check_move(code: str, now: State, to: str, evidence: Evidence) -> State:
    """The state to move to. Raises BadInput: no such state, no such step, evidence lacking."""
    if to not in STATES:
        raise BadInput(f"no connection state {to}; allowed are {', '.join(STATES)}")
    wanted: State = to
    if wanted not in steps_from(now):
        allowed = " or ".join(steps_from(now))
        raise BadInput(f"{code} is {now}: from there it moves to {allowed}, not to {to}")
    forward = STATES.index(wanted) > STATES.index(now)
    what = lacking(wanted, evidence) if forward else None
    if what is not None:
        raise BadInput(f"{code} cannot become {to} without {what}")
    return wanted


def write(conn: Connection, code: str, to: State, by: str, why: str, at: datetime) -> None:
    """Add a change and its ledger entry (who and to what; the reason stays in the table)."""
    row = {"system": code, "state": to, "by": by, "why": plain(why, "the reason"), "at": at}
    conn.execute(insert(state_change), [row])
    log.append(conn, event(at, "system.moved", by, system=code, outcome=to))


def only_one(conn: Connection, code: str) -> None:
    """Hold the system's state for this transaction."""
    lock(conn, f"registry.state/{code}")
