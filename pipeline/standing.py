"""Where each system stands on its way in, out of forms, changes, contracts and first syncs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from kernel.errors import BadInput
from kernel.house import House
from registry import departments, states
from registry.applied import in_force
from registry.applied import read as read_registry
from registry.contract import System
from registry.states import Change, Evidence, State, Waits
from registry.tables import confirmation, form, system_version


@dataclass(frozen=True)
class ConnectionRow:
    """Where one system stands, since when, and for whom it waits."""

    code: str
    name: str
    department: str
    level: str
    state: State
    since: datetime
    days: int
    waits_for: Waits
    recorded: bool  # by a form or a move; else it follows from the contract and the first sync
    why: str


def applied(house: House) -> dict[str, System]:
    """The contracts in force by code; none where nothing was applied."""
    file = house.settings.registry_file
    return read_registry(house.settings.home) if file.is_file() else {}


def known(house: House, conn: Connection) -> dict[str, System | None]:
    """Every system that a state, a form or a contract names; its contract if there is one."""
    found: dict[str, System | None] = dict.fromkeys(states.newest(conn))
    found |= dict.fromkeys(conn.execute(select(form.c.system)).scalars())
    return found | dict(applied(house))


@dataclass(frozen=True)
class Facts:
    """By code: the newest change and form, the first complete sync, the first version."""

    changes: dict[str, Change]
    forms: dict[str, Any]
    synced: dict[str, datetime]
    begun: dict[str, datetime]


#: The first complete sync of each system that has a contract: a step into an index for each.
_FIRST_SYNC = text("""
SELECT v.system, r.ended FROM (SELECT DISTINCT system FROM registry.system_version) v
CROSS JOIN LATERAL (SELECT ended FROM landing.run WHERE system = v.system AND state = 'done'
  ORDER BY started LIMIT 1) r
""")


def facts(conn: Connection) -> Facts:
    """Everything that the states follow from, in four queries."""
    last = select(func.max(form.c.id)).group_by(form.c.system)
    v = system_version.c
    return Facts(
        changes=states.newest(conn),
        forms={r.system: r for r in conn.execute(select(form).where(form.c.id.in_(last)))},
        synced=_pairs(conn, _FIRST_SYNC),
        begun=_pairs(conn, select(v.system, func.min(v.applied_at)).group_by(v.system)),
    )


def _pairs(conn: Connection, query: Any) -> dict[str, datetime]:
    return {row[0]: row[1] for row in conn.execute(query)}


def state_of(house: House, there: Facts, code: str) -> Change:
    """The newest change; without one, what the facts say: synced is live, applied testing."""
    if code in there.changes:
        return there.changes[code]
    if code in there.synced:
        return Change("live", "", "", there.synced[code])
    if code in there.begun:
        return Change("testing", "", "", there.begun[code])
    return Change("not_applied", "", "", house.clock())


def evidence(house: House, conn: Connection, code: str, unreached: str | None) -> Evidence:
    """What is there for the next step; `unreached` as the last try to reach it said."""
    system = applied(house).get(code)
    filled = newest_form(conn, code)
    said = newest_answer(conn, code, in_force(conn, code)[1])
    return Evidence(
        form=filled is not None,
        letter=system is not None or bool(filled and filled.filled.get("letter")),
        contract=system is not None,
        unreached=unreached,
        confirmed=said is not None and said.answer == "confirmed",
    )


def row(house: House, there: Facts, code: str, system: System | None) -> ConnectionRow:
    """One line of `zhongtai systems states`."""
    change, filled = state_of(house, there, code), there.forms.get(code)
    said = filled.filled if filled else {}
    level = system.level if system else said.get("level", "municipal")
    return ConnectionRow(
        code=code,
        name=system.name if system else said.get("name", code),
        department=system.department if system else said.get("department", department_of(code)),
        level=level,
        state=change.state,
        since=change.at,
        days=(house.clock() - change.at).days,
        waits_for=states.waits_for(change.state, level, system is not None),
        recorded=filled is not None or code in there.changes,
        why=change.why,
    )


def newest_form(conn: Connection, code: str) -> Any:
    """The form that counts, None when none was filled in."""
    query = select(form).where(form.c.system == code).order_by(form.c.id.desc()).limit(1)
    return conn.execute(query).one_or_none()


def newest_answer(conn: Connection, code: str, digest: str) -> Any:
    """The newest answer to the contract of that digest."""
    t = confirmation
    query = select(t).where(t.c.system == code, t.c.digest == digest)
    return conn.execute(query.order_by(t.c.id.desc()).limit(1)).one_or_none()


def department_of(code: str) -> str:
    """Whose system a code is, by its prefix. Raises BadInput when no department has it."""
    fits = [d for d in departments.load().values() if code.startswith(f"{d.prefix}_")]
    if not fits:
        raise BadInput(f"{code}: no department's prefix; allowed are like sl_water")
    return max(fits, key=lambda d: len(d.prefix)).name
