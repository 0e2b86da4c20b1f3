"""What may be read of licences without opening any: counts, and who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from certs.tables import copy, licence


@dataclass(frozen=True)
class LicenceCounts:
    """Current published versions, and how many types they are of."""

    published: int
    types: int


@dataclass(frozen=True)
class Look:
    """One look at a licence: by whom, for what, when. No personal data."""

    copy_id: str
    licence_type: str
    standing: str
    system: str
    case_number: str
    item_id: str
    reader: str
    post: str
    made_at: datetime
    expires_at: datetime
    sha256: str
    ledger_seq: int


def counts(conn: Connection) -> LicenceCounts:
    """How many licences are published now."""
    row = conn.execute(
        select(func.count(), func.count(licence.c.type.distinct())).where(
            licence.c.ended_at.is_(None)
        )
    ).one()
    return LicenceCounts(row[0], row[1])


def looks_at_holder(conn: Connection, holder_hash: str, limit: int = 200) -> list[Look]:
    """Who looked at this holder's licences, newest first."""
    return _looks(conn, copy.c.holder_hash == holder_hash, limit)


def look(conn: Connection, copy_id: str) -> Look | None:
    """The look that an annotated copy was made for; None when there is no such copy."""
    found = _looks(conn, copy.c.id == copy_id, 1)
    return found[0] if found else None


def _looks(conn: Connection, which: ColumnElement[bool], limit: int) -> list[Look]:
    c = copy.c
    query = (
        select(
            c.id.label("copy_id"), c.licence_type, c.standing, c.system, c.case_number,
            c.item_id, c.reader, c.post, c.made_at, c.expires_at, c.sha256, c.ledger_seq,
        )
        .where(which)
        .order_by(c.made_at.desc(), c.id)
        .limit(limit)
    )  # fmt: skip
    return [Look(**row._mapping) for row in conn.execute(query)]
