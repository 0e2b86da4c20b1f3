"""Cases that a window has just accepted: provisional until their own system confirms them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from kernel.crypto import encrypt, keyed_hash
from kernel.db import lock
from kernel.house import House
from landing.place import lock_name, seal_key, seal_place
from landing.tables import case


@dataclass(frozen=True)
class NewCase:
    """A case as the window answered it. `key`: its raw row key in the window's own data."""

    key: str
    case_number: str
    item_code: str
    department: str | None
    post: str | None
    applicant_kind: str
    applicant_name: str
    applicant_number: str
    opened: datetime


def provisional(house: House, system: str, stream: str, new: NewCase) -> bool:
    """Store a case until the sync of the same raw key replaces it.

    Gives False when the sync has brought it already: then nothing changes. Raises SkipRow when the
    applicant's number is bad.
    """
    key_hash = keyed_hash(house.keys.index, "key", system, stream, new.key)
    secret = {"applicant_name": new.applicant_name, "applicant_number": new.applicant_number}
    place = seal_place(system, stream, key_hash)
    order = insert(case).values(
        system=system,
        stream=stream,
        key_hash=key_hash,
        row_hash="provisional",
        batch="provisional",
        run="provisional",
        landed_at=house.clock(),
        provisional=True,
        case_number=new.case_number,
        item_code=new.item_code,
        department=new.department,
        post=new.post,
        applicant_kind=new.applicant_kind,
        holder_hash=house.holder_hash(new.applicant_kind, new.applicant_number),
        state="accepted",
        opened=new.opened,
        sealed=encrypt(
            seal_key(house, system, stream), json.dumps(secret, ensure_ascii=False).encode(), place
        ),
    )
    with house.engine.begin() as conn:
        lock(conn, lock_name(system, stream))
        return conn.execute(order.on_conflict_do_nothing()).rowcount == 1
