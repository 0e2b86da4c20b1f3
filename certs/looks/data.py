"""The data of one licence for one case, without a copy: decided, on record, then given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from certs.looks.look import Ask, Look, decide
from certs.looks.recording import keep, seen_of
from kernel.errors import Refused
from kernel.house import House
from ledger import log
from ledger.events import event


@dataclass(frozen=True)
class Given:
    """What a licence says, in the standard's names; only the fields that the use may have.

    `as_of`: when its source was last complete.
    """

    licence_type: str
    standing: str
    system: str
    as_of: datetime | None
    fields: tuple[str, ...]
    document: Mapping[str, Any]


def give(house: House, ask: Ask) -> Given:
    """The licence that stands for a material. The entry is committed before it is returned.

    Raises Refused (`facts["reason"]`, in the ledger as well).
    """
    with house.engine.begin() as conn:
        look = decide(house, conn, ask)
        if isinstance(look, Look):
            _record(conn, look)
    if isinstance(look, Refused):
        raise look
    chosen = look.chosen
    return Given(
        chosen.type, chosen.standing, chosen.source.system, chosen.as_of, look.fields, look.document
    )


def _record(conn: Connection, look: Look) -> None:
    now, material = look.scene, look.material.material_id
    if now.item is None:
        raise ValueError("an allowed look has an item")
    facts = {
        "case": now.number, "material": material, "purpose": "prove", "item": now.item.item_id,
        "holder": look.holder, "seal_batch": look.chosen.seal_batch, "fields": list(look.fields),
        **seen_of(look.chosen, now, look.post),
    }  # fmt: skip
    seq = log.append(conn, event(now.now, "look.granted", now.asker, **facts))
    keep(conn, now, look.post, look.holder, material, look.chosen, seq)
