"""An item's form, whole: proposed by a department, decided by the bureau, kept whatever becomes.

The form of an item is that of the accepted change that was decided last. One that is withdrawn
leaves the item the form it had before. Nothing erases a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on

from catalog.forms.table import FormField
from catalog.tables import LOCK, form_change
from kernel.db import lock
from kernel.errors import BadInput, Conflicts, Refused

STATES = ("proposed", "accepted", "refused", "withdrawn")
_LIVE = text("SELECT id FROM catalog.canonical_item WHERE id = ANY(:ids) AND gone_at IS NULL")


@dataclass(frozen=True)
class FormChange:
    """A form that was proposed for an item. `fields`: whole, in order."""

    id: int
    item_id: str
    fields: tuple[FormField, ...]
    why: str
    proposed_by: str
    proposed_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    decided_why: str | None


def propose(
    conn: Connection, fields: Sequence[FormField], by: str, why: str, at: datetime
) -> list[int]:
    """Keep the forms for the bureau to decide on, one an item; their numbers.

    Raises BadInput on an unknown item or no reason, Conflicts where a form waits or holds already.
    """
    lock(conn, LOCK)
    if not why.strip():
        raise BadInput("a form needs a reason: what changes, and by which rule")
    ordered = sorted(fields, key=lambda one: one.item_id)  # keeps the order inside an item
    forms = {key: list(of) for key, of in groupby(ordered, key=lambda one: one.item_id)}
    live = set(conn.execute(_LIVE, {"ids": list(forms)}).scalars())
    for item in forms:
        if item not in live:
            raise BadInput(f"no item {item} in the catalogue")
    now, waiting = _by_item(effective(conn)), _by_item(_fields(changes(conn, state="proposed")))
    for item, form in forms.items():
        if form == now.get(item):
            raise Conflicts(f"the form of {item} is that already")
        if form == waiting.get(item):
            raise Conflicts(f"that form of {item} waits for a decision already")
    facts = {"why": why.strip(), "proposed_by": by, "proposed_at": at, "state": "proposed"}
    rows = [{"item_id": item, "fields": _kept(form), **facts} for item, form in forms.items()]
    made = conn.execute(
        insert(form_change).returning(form_change.c.id, sort_by_parameter_order=True), rows
    )
    return [int(number) for number in made.scalars()]


def decide(
    conn: Connection, numbers: Sequence[int], state: str, by: str, why: str, at: datetime
) -> list[FormChange]:
    """Accept or refuse proposals, or withdraw accepted ones, all or none. Never one's own.

    Raises BadInput, Refused.
    """
    lock(conn, LOCK)
    if state not in STATES[1:]:
        raise BadInput(f"a form is accepted, refused or withdrawn, not {state}")
    if not why.strip():
        raise BadInput("a decision on a form needs a reason")
    c = form_change.c
    query = select(form_change).where(c.id.in_(list(numbers))).order_by(c.id)
    found = {row.id: row for row in conn.execute(query)}
    allowed = "accepted" if state == "withdrawn" else "proposed"
    for number in numbers:
        was = found[number].state if number in found else "not there"
        if was != allowed:
            raise BadInput(f"form {number} is {was}: only {allowed} ones can be {state}")
        if found[number].proposed_by == by and state != "withdrawn":
            raise Refused("自己提出的表单须由另一人决定", reason="own_proposal")
    values: dict[str, Any] = {"state": state, "decided_by": by, "decided_why": why.strip()}
    if state != "withdrawn":  # its day of acceptance still says which form was before which
        values["decided_at"] = at
    conn.execute(update(form_change).where(c.id.in_(list(numbers))).values(**values))
    return [_change(row) for row in conn.execute(query)]


def changes(
    conn: Connection, item_id: str | None = None, state: str | None = None
) -> list[FormChange]:
    """Every form that was proposed, by number; of one item, in one state. Raises BadInput."""
    if state is not None and state not in STATES:
        raise BadInput(f"a form is {', '.join(STATES)}, not {state}")
    c = form_change.c
    query = select(form_change).order_by(c.id)
    if item_id is not None:
        query = query.where(c.item_id == item_id)
    if state is not None:
        query = query.where(c.state == state)
    return [_change(row) for row in conn.execute(query)]


def effective(conn: Connection, item_id: str | None = None) -> list[FormField]:
    """The forms that hold now, by item, each in its order; of one item."""
    c = form_change.c
    query = (
        select(form_change)
        .ext(distinct_on(c.item_id))
        .where(c.state == "accepted")
        .order_by(c.item_id, c.decided_at.desc(), c.id.desc())
    )
    if item_id is not None:
        query = query.where(c.item_id == item_id)
    return _fields([_change(row) for row in conn.execute(query)])


def without(conn: Connection) -> set[str]:
    """The live items for which no form was ever proposed."""
    query = text(
        "SELECT id FROM catalog.canonical_item WHERE gone_at IS NULL"
        " AND id NOT IN (SELECT item_id FROM catalog.form_change)"
    )
    return set(conn.execute(query).scalars())


def _change(row: Row[Any]) -> FormChange:
    found = {name: row._mapping[name] for name in FormChange.__dataclass_fields__}
    fields = tuple(FormField(row.item_id, **one) for one in row.fields)
    return FormChange(**{**found, "fields": fields})


def _fields(found: Sequence[FormChange]) -> list[FormField]:
    return [field for one in found for field in one.fields]


def _by_item(fields: Sequence[FormField]) -> dict[str, list[FormField]]:
    found: dict[str, list[FormField]] = {}
    for one in fields:
        found.setdefault(one.item_id, []).append(one)
    return found


def _kept(form: Sequence[FormField]) -> list[dict[str, Any]]:
    return [{"name": one.name, "type": one.type, "required": one.required} for one in form]
