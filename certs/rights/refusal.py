"""A refusal: written to the ledger in the deciding transaction, raised once that has committed."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from certs.rights.right import Denied
from certs.rights.scene import Scene
from kernel.crypto import keyed_hash
from kernel.errors import Refused
from kernel.house import House
from ledger import log
from ledger.events import event

RefusalEvent = Literal[
    "plan.refused",
    "look.refused",
    "answer.refused",
    "form.refused",
    "right.refused",
    "code.refused",
]


def refuse(
    house: House,
    conn: Connection,
    name: RefusalEvent,
    now: Scene,
    denied: Denied,
    material: str | None = None,
) -> Refused:
    """Write the refusal; returns the error to raise after the commit.

    A case number that is no case's is written as a keyed hash: a person may have typed anything.
    """
    case = now.case
    number: dict[str, str | None] = {"case": now.number}
    if case is None:
        number = {"case_hash": keyed_hash(house.keys.index, "case", now.number)}
    log.append(
        conn,
        event(
            now.now,
            name,
            now.asker,
            **number,
            reason=denied.detail,
            post=case.post if case is not None else None,
            item=now.item.item_id if now.item else None,
            holder=case.holder_hash if case is not None else None,
            catalogue_version=now.version,
            material=material,
        ),
    )
    return Refused(denied.sentence, reason=denied.reason, detail=denied.detail)
