"""Erase one holder: destroy the keys by which that holder's licences open.

A licence of several holders stays for the others, whose keys are their own. The issuer's file is
under the licence's data key and closes with it. Scans go whole (`certs.waivers.scans`). The
ledger's entries stay: they hold a keyed hash and nothing of the person. Copies in the archives of
cases stay: they are under the installation's key, as records of those cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, text

from certs.tables import holder_key, licence_holder

#: Licences that nobody can open any more.
CLOSE = text("""
UPDATE certs.licence c SET ended_at = :now
WHERE c.id = ANY(CAST(:ids AS text[])) AND c.ended_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM certs.licence_holder h WHERE h.licence_id = c.id)
RETURNING c.id
""")


@dataclass(frozen=True)
class Erased:
    """`licences`: whose key of this holder is gone; `closed`: that nobody opens any more."""

    licences: int
    closed: int


def destroy_keys(conn: Connection, holder: str, now: datetime) -> Erased:
    """Destroy a holder's wrapped keys (keyed hash) in the caller's transaction."""
    gone = conn.execute(
        delete(licence_holder)
        .where(licence_holder.c.holder_hash == holder)
        .returning(licence_holder.c.licence_id)
    )
    ids = [row.licence_id for row in gone]
    conn.execute(delete(holder_key).where(holder_key.c.holder_hash == holder))
    closed = conn.execute(CLOSE, {"ids": ids, "now": now}).all()
    return Erased(len(ids), len(closed))
