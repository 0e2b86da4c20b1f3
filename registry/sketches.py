"""Sketches as they are kept: one a system, replaced whole; what the source showed is sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.crypto import decrypt, derive, encrypt
from kernel.house import House
from registry.sketch import Said
from registry.tables import sketch


@dataclass(frozen=True)
class Sketch:
    """A contract on its way. `auth`: how one signs in, None for an address that holds its account.

    `paths`: what is looked at; `seen`: what the source showed, rows masked (`listed`, `places`,
    `remains`); `trial`: what the last dry run counted, with the digest of what it ran on.
    """

    system: str
    said: Said
    by: str
    at: datetime
    auth: str | None = None
    paths: tuple[str, ...] = ()
    seen: dict[str, Any] = field(default_factory=dict, repr=False)
    trial: dict[str, Any] | None = None


def load(house: House, conn: Connection, code: str) -> Sketch | None:
    """The sketch of a system, None when there is none."""
    row = conn.execute(select(sketch).where(sketch.c.system == code)).one_or_none()
    if row is None:
        return None
    opened = decrypt(key(house), row.seen, place_of(code)) if row.seen else b"{}"
    return Sketch(
        code, row.said, row.by, row.at, row.auth, tuple(row.paths), json.loads(opened), row.trial
    )


def save(house: House, conn: Connection, one: Sketch) -> None:
    """Keep it in the place of the one before."""
    shown = json.dumps(one.seen, ensure_ascii=False).encode()
    row = {
        "system": one.system,
        "said": one.said,
        "auth": one.auth,
        "paths": list(one.paths),
        "seen": encrypt(key(house), shown, place_of(one.system)) if one.seen else None,
        "trial": one.trial,
        "by": one.by,
        "at": one.at,
    }
    made = insert(sketch).values(row)
    conn.execute(made.on_conflict_do_update(index_elements=["system"], set_=row))


def drop(conn: Connection, code: str) -> None:
    """Forget it."""
    conn.execute(delete(sketch).where(sketch.c.system == code))


def key(house: House) -> bytes:
    """By which what was seen is sealed."""
    return derive(house.keys.master, "sketch")


def place_of(code: str) -> str:
    """What it is bound to."""
    return f"registry/sketch/{code}/seen"
