"""An item's use of a conditional licence type: asked for once, decided by the issuing department.

    requested → approved
        └────→ refused → disputed → approved | refused (the bureau rules; then it is final)

Decided within WORKING_DAYS of the request; what is late is shown, it is never approved by silence.
Each row of `use_step` is a use's whole standing from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from catalog.versions.published import PublishedMaterial
from certs.rights.facts import TypeUse
from certs.rights.relations import PROVES_RELATION, roles_of
from certs.rights.tables import use_step
from kernel.reads import Read, Rows
from registry import licence_types

State = Literal["requested", "approved", "refused", "disputed"]
STATES: tuple[State, ...] = get_args(State)
#: 《政务数据共享条例》（国务院令第809号）: the department answers within ten working days.
WORKING_DAYS = 10


@dataclass(frozen=True)
class Use:
    """One item's use of a licence type. `due`: the last day to decide. `final`: ruled on."""

    item_id: str
    licence_type: str
    department: str
    state: State
    fields: tuple[str, ...]
    due: date
    why: str
    final: bool
    by: str
    at: datetime

    def overdue(self, today: date) -> bool:
        """Whether the department should have decided by now."""
        return self.state == "requested" and self.due < today


def current(
    conn: Connection, items: Iterable[str] | None = None, department: str | None = None
) -> dict[tuple[str, str], Use]:
    """The standing by item and licence type: of these items, of that issuing department."""
    u = use_step.c
    newest = select(func.max(u.id)).group_by(u.item_id, u.licence_type)
    if items is not None:
        newest = newest.where(u.item_id.in_(sorted(set(items))))
    query = select(use_step).where(u.id.in_(newest))
    if department is not None:
        query = query.where(u.department == department)
    rows = conn.execute(query.order_by(u.item_id, u.licence_type))
    return {(row.item_id, row.licence_type): _use(row) for row in rows}


def history(conn: Connection, item_id: str, licence_type: str) -> list[Use]:
    """Every step of a use, the newest first."""
    u = use_step.c
    query = select(use_step).where(u.item_id == item_id, u.licence_type == licence_type)
    return [_use(row) for row in conn.execute(query.order_by(u.id.desc()))]


def wanted_types(materials: Sequence[PublishedMaterial]) -> frozenset[str]:
    """The licence types that an item uses: as proofs, and to prove whose the papers are."""
    proofs = {name for one in materials for name in one.licence_types}
    roles = {role for one in materials if one.licence_types for role in roles_of(one.role)}
    proving = {name for role in roles for name in PROVES_RELATION.get(role, frozenset())}
    return frozenset(proofs | proving) & licence_types.load().keys()


#: Read at each decision, hence built once.
OF_ITEM = (
    select(use_step)
    .ext(distinct_on(use_step.c.licence_type))
    .where(use_step.c.item_id == bindparam("item"))
    .order_by(use_step.c.licence_type, use_step.c.id.desc())
)


def of_item(item_id: str) -> Read[dict[str, Use]]:
    """The standing of each of an item's uses, by licence type."""
    return Read(OF_ITEM, {"item": item_id}, _by_type)


def _by_type(rows: Rows) -> dict[str, Use]:
    return {row.licence_type: _use(row) for row in rows}


def allowed(said: Mapping[str, Use], materials: Sequence[PublishedMaterial]) -> dict[str, TypeUse]:
    """What an item may do with each type that its materials use. `said`: see `of_item`."""
    return {name: _type_use(name, said.get(name)) for name in wanted_types(materials)}


def _type_use(name: str, use: Use | None) -> TypeUse:
    kind = licence_types.load()[name]
    fields: Iterable[str] = kind.fields if kind.share == "unconditional" else ()
    if use is not None and use.state == "approved":
        fields = use.fields
    return TypeUse(kind.share, use.state if use else None, frozenset(fields), kind.basis)


def _use(row: Row[Any]) -> Use:
    if row.state not in STATES:
        raise ValueError(f"a use is {', '.join(STATES)}")
    found = {name: row._mapping[name] for name in Use.__dataclass_fields__}
    return Use(**{**found, "fields": tuple(row.fields)})
