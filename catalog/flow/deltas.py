"""Deviations from an item's flow: proposed by a department, decided by the bureau, dated, kept.

A deviation belongs to a division and, where the county has an implementation, to that code: when
the code comes to be mapped to another item, the deviation goes with it. Nothing erases one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from catalog.flow.fields import field_of
from catalog.flow.papers import is_paper, settled
from catalog.periods import (
    check_period,
    come_back,
    division_of,
    give_way,
    json_day,
    named_division,
    no_overlap,
)
from catalog.tables import LOCK, flow_delta
from kernel.db import lock
from kernel.errors import BadInput, Conflicts, Refused

STATES = ("proposed", "accepted", "refused", "withdrawn")
#: The item that a deviation counts for now: where its code is mapped, else the one it named.
EFFECTIVE = text(
    'SELECT d.*, coalesce(j."right", d.item_id) AS now_id, i.id IS NOT NULL AS live'
    " FROM catalog.flow_delta d"
    " LEFT JOIN catalog.judgement j ON d.local_code <> '' AND j.subject = 'item'"
    ' AND j."left" = d.local_code AND j.undone_at IS NULL'
    " AND j.relation IN ('same', 'narrower')"
    ' LEFT JOIN catalog.canonical_item i ON i.id = coalesce(j."right", d.item_id)'
    " AND i.gone_at IS NULL ORDER BY d.id"
)


@dataclass(frozen=True)
class Proposal:
    """A deviation to decide on. `division`: None for the whole city. `field`, `value`: as typed."""

    item_id: str
    field: str
    value: Any
    begins: date
    basis: str
    division: str | None = None
    local_code: str | None = None
    ends: date | None = None
    document: str | None = None


@dataclass(frozen=True)
class Delta:
    """A deviation as kept. `item_id` is the one it counts for now; `live`: it is in the catalogue.

    `named_id`: the item that it was proposed for. `field` of a material: `material:<its id>`.
    """

    id: int
    item_id: str
    named_id: str
    live: bool
    division: str
    local_code: str
    field: str
    value: Any
    begins: date
    ends: date | None
    basis: str
    document: str | None
    why: str
    state: str
    proposed_by: str
    decided_by: str | None
    decided_why: str | None

    def as_json(self) -> dict[str, Any]:
        """Days as text."""
        return {**vars(self), "begins": json_day(self.begins), "ends": json_day(self.ends)}


def propose(conn: Connection, said: Proposal, by: str, why: str, at: datetime) -> int:
    """Keep a deviation for the bureau to decide on; its number. Raises BadInput, Conflicts."""
    lock(conn, LOCK)
    value = field_of(said.field).read(said.field, said.value)
    division = division_of(said.division)
    check_period(said.begins, said.ends)
    if not said.basis.strip() or not why.strip():
        raise BadInput("a deviation needs its legal basis and a reason")
    code = _code(conn, said, division)
    field = said.field
    if is_paper(field):
        field, value = settled(conn, said.item_id, value)
    _once(conn, said, (division, code, field), value)
    made = conn.execute(
        insert(flow_delta)
        .values(
            item_id=said.item_id,
            division=division,
            local_code=code,
            field=field,
            value=value,
            begins=said.begins,
            ends=said.ends,
            basis=said.basis.strip(),
            document=(said.document or "").strip() or None,
            why=why.strip(),
            proposed_by=by,
            proposed_at=at,
            state="proposed",
        )
        .returning(flow_delta.c.id)
    )
    return int(made.scalar_one())


def decide(
    conn: Connection, number: int, state: str, by: str, why: str, at: datetime,
    document: str | None = None,
) -> None:  # fmt: skip
    """Accept or refuse a proposal, or withdraw an accepted one. Raises BadInput, Refused."""
    lock(conn, LOCK)
    if state not in STATES[1:]:
        raise BadInput(f"a deviation is accepted, refused or withdrawn, not {state}")
    if not why.strip():
        raise BadInput("a decision on a deviation needs a reason")
    row = conn.execute(select(flow_delta).where(flow_delta.c.id == number)).one_or_none()
    allowed = ("accepted",) if state == "withdrawn" else ("proposed",)
    if row is None or row.state not in allowed:
        was = "not there" if row is None else row.state
        raise BadInput(f"deviation {number} is {was}: only {allowed[0]} ones can be {state}")
    if row.proposed_by == by and state != "withdrawn":
        raise Refused("自己提出的差异须由另一人决定", reason="own_proposal")
    number_of = (document or row.document or "").strip()
    if state == "accepted" and not number_of:
        raise BadInput("an accepted deviation needs a document number: give --document")
    what = f"{row.field} of {row.item_id} in {row.division or '全市'}"
    with no_overlap(what), conn.begin_nested():
        if state == "accepted":
            subject = {
                name: row._mapping[name] for name in ("item_id", "division", "local_code", "field")
            }
            give_way(conn, flow_delta, {**subject, "state": "accepted"}, row.begins, number)
        conn.execute(
            update(flow_delta)
            .where(flow_delta.c.id == number)
            .values(
                state=state, decided_by=by, decided_why=why.strip(), decided_at=at,
                document=number_of or None,
            )
        )  # fmt: skip
        if state == "withdrawn":
            come_back(conn, flow_delta, number)


def deltas(conn: Connection, item_id: str | None = None, state: str | None = None) -> list[Delta]:
    """Every deviation, by number; of one item (the one it counts for now), in one state."""
    if state is not None and state not in STATES:
        raise BadInput(f"a deviation is {', '.join(STATES)}, not {state}")
    found = []
    for row in conn.execute(EFFECTIVE).mappings():
        names = set(Delta.__dataclass_fields__) - {"item_id", "named_id"}
        one = Delta(
            item_id=row["now_id"], named_id=row["item_id"], **{name: row[name] for name in names}
        )
        if item_id in (None, one.item_id) and state in (None, one.state):
            found.append(one)
    return found


def _code(conn: Connection, said: Proposal, division: str) -> str:
    """The implementation that a deviation belongs to; '' for the whole city or where is none."""
    there = conn.execute(
        text("SELECT 1 FROM catalog.canonical_item WHERE id = :id AND gone_at IS NULL"),
        {"id": said.item_id},
    ).first()
    if there is None:
        raise BadInput(f"there is no canonical item {said.item_id}")
    mapped = {
        row.code
        for row in conn.execute(
            text(
                "SELECT DISTINCT i.code, i.division FROM catalog.judgement j"
                ' JOIN landing.item i ON i.code = j."left" AND i.deleted_at IS NULL'
                " AND NOT i.withheld WHERE j.subject = 'item' AND j.undone_at IS NULL"
                " AND j.relation IN ('same', 'narrower') AND j.\"right\" = :id"
            ),
            {"id": said.item_id},
        )
        if division and named_division(row.division) == division
    }
    if said.local_code is not None:
        if said.local_code not in mapped:
            raise BadInput(
                f"{said.local_code} is no implementation of {said.item_id} in {division}"
            )
        return said.local_code
    if len(mapped) > 1:
        raise BadInput(
            f"{division} has several implementations of {said.item_id}: "
            f"name one with --code, of {', '.join(sorted(mapped))}"
        )
    return next(iter(mapped), "")


def _once(conn: Connection, said: Proposal, place: tuple[str, str, str], value: Any) -> None:
    """The same deviation waits, or holds, at most once. `place`: division, code, field as kept."""
    c = flow_delta.c
    division, code, field = place
    same = (c.item_id == said.item_id, c.division == division, c.local_code == code)
    when = (c.field == field, c.begins == said.begins, c.state.in_(("proposed", "accepted")))
    for number, there in conn.execute(select(c.id, c.value).where(*same, *when)):
        if there == value:
            raise Conflicts(f"deviation {number} says the same and is not decided against")
