"""The landing's end state, without what may differ between two ways to the same end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select

from kernel.house import House
from landing.read import _secret
from landing.tables import RECORDS, batch, cursor, finding, quarantine

#: Times, and ciphertexts (fresh nonces); identities count on.
VOLATILE = {
    "id", "landed_at", "moved_at", "first_seen", "last_seen", "closed_at", "deleted_at", "sealed",
    "sha256", "withheld",
}  # fmt: skip


def live(house: House, kind: str) -> dict[str, dict[str, Any]]:
    """Live rows of a kind with their opened secrets, by key hash."""
    table = RECORDS[kind]
    query = select(table).where(table.c.deleted_at.is_(None), ~table.c.withheld)
    with house.engine.connect() as conn:
        return {r.key_hash: {**r._mapping, **_secret(house, r)} for r in conn.execute(query)}


def refused(house: House) -> dict[str, str]:
    """Open quarantine entries: key hash → rule."""
    query = select(quarantine.c.key_hash, quarantine.c.rule).where(quarantine.c.closed_at.is_(None))
    with house.engine.connect() as conn:
        return {row.key_hash: row.rule for row in conn.execute(query)}


def all_of(house: House) -> dict[str, list[str]]:
    """Every table's rows, without what is volatile; ended and withheld rows as such."""
    tables: list[Table] = [*RECORDS.values(), batch, cursor, finding, quarantine]
    with house.engine.connect() as conn:
        return {
            table.name: sorted(_stable(dict(row._mapping)) for row in conn.execute(select(table)))
            for table in tables
        }


def _stable(row: dict[str, Any]) -> str:
    ended = {name: bool(row.get(name)) for name in ("deleted_at", "withheld", "closed_at")}
    return repr(({k: v for k, v in sorted(row.items()) if k not in VOLATILE}, ended))
