"""Erase a holder, by key: licences, scans, landed rows, answers, raw batches; on record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from certs.corrections import words
from certs.licences import files
from certs.licences.erase import destroy_keys
from certs.rights.tables import relative
from certs.waivers import scans
from kernel.errors import BadInput, Refused
from kernel.house import House
from kernel.numbers import PERSON, normalise_holder
from landing import erase as landed
from ledger import log
from ledger.events import event
from registry.accounts import Account


@dataclass(frozen=True)
class Done:
    """What an erasure took away."""

    licences: int  # whose key of this holder is destroyed
    closed: int  # of these, that nobody can open any more
    rows: int  # landed rows without personal values now
    raw_rows: int  # rows blanked in batches as received


def erase_holder(house: House, who: Account, kind: str, number: str, document: str) -> Done:
    """Erase one holder under a document. Repeating it goes on where a kill stopped it.

    Raises Refused unless the account is of the bureau, BadInput without a document, SkipRow on a
    malformed number.
    """
    if who.role != "bureau":
        raise Refused("only the bureau erases a holder", reason="role")
    if len(document.strip()) < 4:
        raise BadInput("name the document that orders the erasure")
    holder, now = house.holder_hash(kind, number), house.clock()
    with house.engine.connect() as conn:
        streams = landed.streams_of(conn, holder)
    raw_rows = sum(landed.blank_raw(house, *one, _written(kind, number)) for one in streams)
    files.bring_under(house, holder)  # those from before go by key as well
    with house.engine.begin() as conn:
        words.forget(house, conn, holder)  # while the rows still say whose they are
        rows = landed.blank_rows(conn, holder, now)
        conn.execute(delete(relative).where(relative.c.holder_hash == holder))
        scanned = scans.forget(conn, holder, now)
        erased = destroy_keys(conn, holder, now)
        facts = {"holder": holder, "document": document.strip(), "licences": erased.licences}
        log.append(conn, event(now, "holder.erased", who.name, rows=rows, **facts))
    for name in scanned:  # closed by the key already; a kill here leaves what nobody opens
        house.objects.remove(name)
    return Done(erased.licences, erased.closed, rows, raw_rows)


def _written(kind: str, number: str) -> list[str]:
    """The forms in which a source may have written the number."""
    normal = normalise_holder(kind, number)
    if kind != PERSON:
        return [normal]
    return [normal, normal[:6] + normal[8:17]]  # 15 digits: no century, no check character
