"""What is on record of who acts in a case and of what its holders agreed to, for its clerk.

Nobody's number or name: persons are keyed hashes, and not even those leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from certs.rights.acting import at_case
from certs.rights.scene import Scene
from certs.rights.tables import consent, mandate
from kernel.errors import Refused
from kernel.house import House
from registry.accounts import Account

SHOWN = 50


@dataclass(frozen=True)
class HeldMandate:
    """A mandate that the applicant gave. `came`: to the agent who came; `counts`: today, for the
    case's item."""

    id: int
    every_item: bool
    begins: date
    until: date
    document: str
    revoked: bool
    came: bool
    counts: bool


@dataclass(frozen=True)
class GivenConsent:
    """A consent for the case. `own`: the applicant's; `way`: document, code or code_brought."""

    licence_type: str
    own: bool
    way: str
    document: str | None
    given: datetime
    ends: datetime
    withdrawn: bool


@dataclass(frozen=True)
class AtHand:
    """`item`: its id; `by_agent`: an agent came; `types`: those that the item may look at only with
    consent."""

    case: str
    item: str
    item_name: str
    by_agent: bool
    mandates: Sequence[HeldMandate]
    consents: Sequence[GivenConsent]
    types: Sequence[str]


def at_hand(house: House, conn: Connection, who: Account, case_number: str) -> AtHand | Refused:
    """For a clerk who may plan the case, whoever came for it; else the error to raise."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    if now.case is None or now.item is None:
        raise ValueError("a case that may be planned is there, and its item")
    return AtHand(
        case=now.number,
        item=now.item.item_id,
        item_name=now.item.name,
        by_agent=now.presenter != now.case.holder_hash,
        mandates=_mandates(conn, now, now.case.holder_hash, now.item.item_id),
        consents=_consents(conn, now.number, now.case.holder_hash),
        types=sorted(name for name, use in now.uses.items() if use.basis == "consent"),
    )


def _mandates(conn: Connection, now: Scene, principal: str, item: str) -> list[HeldMandate]:
    m = mandate.c
    query = select(mandate).where(m.principal_hash == principal)
    rows = conn.execute(query.order_by(m.id.desc()).limit(SHOWN)).all()
    return [
        HeldMandate(
            row.id, "*" in row.items, row.begins, row.until, row.document,
            row.revoked_at is not None,
            came=row.agent_hash == now.presenter,
            counts=row.revoked_at is None
            and row.begins <= now.today <= row.until
            and bool({"*", item} & set(row.items)),
        )
        for row in rows
    ]  # fmt: skip


def _consents(conn: Connection, case_number: str, applicant: str) -> list[GivenConsent]:
    c = consent.c
    query = select(consent).where(c.case_number == case_number)
    rows = conn.execute(query.order_by(c.id.desc()).limit(SHOWN)).all()
    return [
        GivenConsent(
            row.licence_type, row.holder_hash == applicant, row.way, row.document, row.begins,
            row.ends, row.withdrawn_at is not None,
        )
        for row in rows
    ]  # fmt: skip
