"""A refusal: written to the ledger in the deciding transaction, raised once that has committed."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from certs.right import Denied
from certs.scene import Scene
from kernel.crypto import keyed_hash
from kernel.errors import Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from registry.accounts import Account

RefusalEvent = Literal["plan.refused", "look.refused", "lookup.refused"]


def refuse(  # noqa: PLR0913
    house: House,
    conn: Connection,
    name: RefusalEvent,
    account: Account,
    case_number: str,
    now: Scene,
    denied: Denied,
    material: str | None = None,
) -> Refused:
    """Write the refusal; returns the error to raise after the commit.

    A case number that is no case's is written as a keyed hash: a person may have typed anything.
    """
    case = now.case
    known = case is not None
    hidden = None if known else keyed_hash(house.keys.index, "case", case_number)
    log.append(
        conn,
        event(
            now.now,
            name,
            account.name,
            reason=denied.detail,
            case=case_number if known else None,
            case_hash=hidden,
            post=case.post if case is not None else None,
            item=now.item.item_id if now.item else None,
            catalogue_version=now.version,
            material=material,
        ),
    )
    return Refused(denied.sentence, reason=denied.reason, detail=denied.detail)
