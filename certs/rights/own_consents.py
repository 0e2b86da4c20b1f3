"""A holder's own consents, seen and taken back by the holder, who need not come to a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from certs.rights.tables import consent
from kernel.errors import Refused
from ledger import log
from ledger.events import event


@dataclass(frozen=True)
class OwnConsent:
    """One consent. `way`: document, code or code_brought; `withdrawn`: since when it ended."""

    id: int
    case: str
    licence_type: str
    way: str
    given: datetime
    ends: datetime
    withdrawn: datetime | None


def listed(conn: Connection, holder: str, limit: int = 100) -> Sequence[OwnConsent]:
    """The consents of a holder (keyed hash), the newest first."""
    c = consent.c
    query = select(consent).where(c.holder_hash == holder).order_by(c.id.desc()).limit(limit)
    return [
        OwnConsent(
            row.id, row.case_number, row.licence_type, row.way, row.begins, row.ends,
            row.withdrawn_at,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def withdraw(conn: Connection, holder: str, number: int, now: datetime) -> None:
    """Take a consent back: every one of its case and type; looks end at once.

    Raises Refused where it is not the holder's, or is not in force: which of them is not told.
    """
    c = consent.c
    found = conn.execute(
        select(c.case_number, c.licence_type).where(c.id == number, c.holder_hash == holder)
    ).one_or_none()
    ended = None
    if found is not None:
        same = (c.case_number == found.case_number, c.licence_type == found.licence_type)
        order = update(consent).where(*same, c.holder_hash == holder, c.withdrawn_at.is_(None))
        given = {"withdrawn_at": now, "withdrawn_by": "holder"}
        ended = conn.execute(order.values(given).returning(c.id)).first()
    if found is None or ended is None:
        raise Refused("没有这项有效的授权。", reason="consent_unknown")
    about = {"case": found.case_number, "holder": holder, "types": [found.licence_type]}
    log.append(conn, event(now, "consent.withdrawn", "holder", **about))
