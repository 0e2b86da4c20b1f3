"""For whom a case is acted on: agents who come, and their mandates.

Every function works inside the caller's transaction and writes the ledger's entry with the row.
Persons come as keyed hashes. Raises Refused for who may not, BadInput for what cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from certs.rights import right
from certs.rights.refusal import RefusalEvent, refuse
from certs.rights.scene import Scene, scene
from certs.rights.tables import mandate, presenter
from kernel.db import lock
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from registry.accounts import Account
from registry.roster import plain_item
from registry.typed import plain

LONGEST_MANDATE_DAYS = 3 * 366


@dataclass(frozen=True)
class Mandate:
    """What an agent may do for the applicant of a case. Both days count."""

    items: tuple[str, ...]
    begins: date
    until: date
    document: str


def at_case(
    house: House, conn: Connection, who: Account, case_number: str, refusing: RefusalEvent
) -> Scene | Refused:
    """The case, for a clerk who may plan it; whoever came for it. Else the error to raise."""
    now = scene(house, conn, who.name, case_number)
    facts = now.facts()
    if facts.case is not None:
        facts = replace(facts, case=replace(facts.case, presenter=facts.case.applicant))
    decision = right.check(facts, "plan")
    if isinstance(decision, right.Denied):
        return refuse(house, conn, refusing, now, decision)
    return now


def came(
    house: House, conn: Connection, who: Account, case_number: str, person: str
) -> Scene | Refused:
    """Record that this person (keyed hash) came for the case: an agent, or the applicant again."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    _present(conn, who, now, person)
    return now


def let_act(
    house: House, conn: Connection, who: Account, case_number: str, agent: str, one: Mandate
) -> int | Refused:
    """Record the mandate that the applicant of a case gave to an agent; its number.

    One that is on record and open is not recorded again: its number is given.
    """
    now = at_case(house, conn, who, case_number, "right.refused")
    return now if isinstance(now, Refused) else _mandate(conn, who, now, agent, one)


def agent_came(
    house: House, conn: Connection, who: Account, case_number: str, agent: str, one: Mandate | None
) -> Scene | Refused:
    """An agent came, with a mandate to record where one is given: both or neither."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    if one is not None:
        _mandate(conn, who, now, agent, one)
    _present(conn, who, now, agent)
    return now


def _present(conn: Connection, who: Account, now: Scene, person: str) -> None:
    row = {"case_number": now.number, "agent_hash": person, "by": who.name, "at": now.now}
    conn.execute(insert(presenter).values(row))
    about = {"case": now.number, "agent": person}
    log.append(conn, event(now.now, "right.recorded", who.name, kind="presenter", **about))


def _mandate(conn: Connection, who: Account, now: Scene, agent: str, one: Mandate) -> int:
    if now.case is None:
        raise ValueError("a mandate is recorded at a case")
    if not one.begins <= one.until or (one.until - one.begins).days > LONGEST_MANDATE_DAYS:
        raise BadInput("a mandate ends on or after the day it begins, at most three years later")
    if agent == now.case.holder_hash:
        raise BadInput("nobody gives a mandate to themselves")
    if not one.items:
        raise BadInput("a mandate names the items, or * for every item")
    values = {
        "principal_hash": now.case.holder_hash,
        "agent_hash": agent,
        "items": [plain_item(item) for item in one.items],
        "begins": one.begins,
        "until": one.until,
        "document": plain(one.document, "the document's number"),
    }
    # a form that is sent twice at once is one mandate
    lock(conn, f"mandate {now.case.holder_hash}")
    known = _open(conn, values, now.today)
    if known is not None:
        return known
    wrote = {**values, "by": who.name, "at": now.now}
    number = conn.execute(insert(mandate).values(wrote).returning(mandate.c.id)).scalar_one()
    log.append(
        conn,
        event(
            now.now, "right.recorded", who.name, kind="mandate", number=number, case=now.number,
            holder=now.case.holder_hash, agent=agent, document=values["document"],
            until=one.until.isoformat(), items=sorted(one.items),
        ),
    )  # fmt: skip
    return int(number)


def _open(conn: Connection, values: Mapping[str, Any], today: date) -> int | None:
    """The number of a mandate that says the same and can still count.

    Raises BadInput where only its document is another: neither of the two is dropped in silence.
    """
    m = mandate.c
    same = [m[one] == values[one] for one in ("principal_hash", "agent_hash", "begins", "until")]
    query = select(m.id, m["items"], m.document).where(*same).order_by(m.id)
    for row in conn.execute(query.where(m.revoked_at.is_(None), m.until >= today)):
        if set(row.items) != set(values["items"]):
            continue
        if row.document != values["document"]:
            raise BadInput(
                "this mandate is on record under another document: revoke that first,"
                " or leave the document out"
            )
        return int(row.id)
    return None


def revoke(
    house: House, conn: Connection, who: Account, case_number: str, number: int, why: str
) -> Refused | None:
    """End a mandate of this case's applicant at once. It stays on record."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    at = house.clock()
    mine = now.case.holder_hash if now.case is not None else ""
    m = mandate.c
    ended = {"revoked_at": at, "revoked_by": who.name, "revoked_why": plain(why, "the reason")}
    order = update(mandate).where(m.id == number, m.principal_hash == mine, m.revoked_at.is_(None))
    if conn.execute(order.values(ended).returning(m.id)).first() is None:
        raise BadInput("the applicant of this case has no mandate of that number to revoke")
    about = {"kind": "mandate", "number": number, "case": case_number, "holder": mine}
    log.append(conn, event(at, "right.revoked", who.name, **about))
    return None
