"""The rights that a database gives, beside those that are written down."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from kernel.duties import DUTIES, Duty
from kernel.house import House
from pipeline.roles.apply import SCHEMAS, SHOWN, TABLES
from pipeline.roles.table import VERBS, Grant, grants

GIVEN: Final = text(
    "SELECT r.role, t.name, v.verb, has_table_privilege(r.role, t.name, v.verb),"
    " v.verb <> 'DELETE' AND has_any_column_privilege(r.role, t.name, v.verb)"
    " FROM unnest(CAST(:tables AS text[])) t(name), unnest(CAST(:roles AS text[])) r(role),"
    " unnest(CAST(:verbs AS text[])) v(verb)"
)
THERE: Final = text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles)")
POLICIES: Final = text(
    "SELECT schemaname || '.' || tablename FROM pg_policies WHERE policyname = 'of_department'"
)
Rights = dict[tuple[Duty, str], str]


def given(house: House) -> Rights:
    """By duty and table: letters, small where only some columns are given. Roles must exist."""
    names = {house.engines.user(duty): duty for duty in DUTIES}
    found: Rights = {}
    with house.engine.connect() as conn:
        about = {"tables": _tables(house), "roles": list(names), "verbs": list(VERBS.values())}
        for role, table, verb, whole, some in conn.execute(GIVEN, about):
            letter = verb[0] if whole else verb[0].lower() if some else ""
            found[names[role], table] = found.get((names[role], table), "") + letter
    return found


def differences(house: House) -> list[str]:
    """What the database gives otherwise than `grants.yml` says, a phrase each."""
    roles = [house.engines.user(duty) for duty in DUTIES]
    with house.engine.connect() as conn:
        there = set(conn.scalars(THERE, {"roles": roles}))
        shown = set(conn.scalars(POLICIES))
    gone = [f"there is no role {role}" for role in roles if role not in there]
    gone += [f"{table} shows every department" for table in SHOWN if table not in shown]
    if gone:
        return gone
    wanted = grants(_tables(house))
    wrong = []
    for (duty, table), letters in sorted(given(house).items()):
        said = _letters(wanted[duty].get(table))
        if sorted(letters) != sorted(said):
            wrong.append(f"{duty} has {letters or 'nothing'} on {table}, not {said or 'nothing'}")
    return wrong


def _letters(grant: Grant | None) -> str:
    if grant is None:
        return ""
    return grant.verbs.lower() if grant.columns else grant.verbs


def _tables(house: House) -> list[str]:
    with house.engine.connect() as conn:
        return sorted(conn.scalars(TABLES, {"schemas": [*SCHEMAS, "public"]}))
