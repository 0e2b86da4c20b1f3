"""A holder's own licences, and how the corrections stand that anybody reported of them.

Nothing of a licence's content: its type, who issued it when, its state, and the keys by which its
holder names it in a report and in an offer to a wallet. Sealed values are not opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from certs.corrections.listed import overdue_days
from certs.licences.standing import standing_on
from certs.looks.own import offerable
from certs.rights.validity import state_on
from certs.tables import correction
from kernel.clock import CITY_TIME
from kernel.house import House
from landing.read import is_live, is_of
from landing.tables import licence as landed
from ledger import log
from ledger.events import event
from registry import licence_types


@dataclass(frozen=True)
class OwnCorrection:
    """How a correction stands. `overdue_days`: working days that the department is late."""

    number: int
    field: str
    department: str
    reported_at: datetime
    due: date
    overdue_days: int
    answer: str | None  # corrected | refused


@dataclass(frozen=True)
class OwnLicence:
    """One licence of the holder's. `licence`: names it in a report; `standing`: what it is here,
    `data only` is no licence; `wallet`: names it in an offer to a wallet, None where it may not be
    given to one now. No number of anybody."""

    licence: str
    licence_type: str
    standing: str
    issuer: str | None
    issued: date | None
    status: str
    corrections: tuple[OwnCorrection, ...]
    wallet: str | None


def own(house: House, conn: Connection, holder: str) -> list[OwnLicence]:
    """The landed licences of a holder (keyed hash), by type; on record in the transaction."""
    h, now = landed.c, house.clock()
    order = (h.type, h.issued, h.key_hash)
    rows = conn.execute(select(landed).where(is_of(holder), is_live(landed)).order_by(*order)).all()
    wallets, today = offerable(house, conn, holder), now.astimezone(CITY_TIME).date()
    said = _said(conn, [row.key_hash for row in rows], today)
    kinds = licence_types.load()
    log.append(conn, event(now, "holder.shown", "holder", holder=holder))
    return [
        OwnLicence(
            licence=row.key_hash,
            licence_type=row.type,
            standing=standing_on(kinds[row.type], today),
            issuer=row.issuer,
            issued=row.issued,
            status=state_on(row.status, row.valid_to, today),
            corrections=tuple(said.get((row.system, row.stream, row.key_hash), ())),
            wallet=wallets.get((row.system, row.stream, row.key_hash)),
        )
        for row in rows
    ]


def _said(
    conn: Connection, keys: list[str], today: date
) -> dict[tuple[str, str, str], list[OwnCorrection]]:
    c = correction.c
    found: dict[tuple[str, str, str], list[OwnCorrection]] = {}
    for row in conn.execute(select(correction).where(c.key_hash.in_(keys)).order_by(c.id)):
        late = overdue_days(row.due, row.answer, today)
        one = OwnCorrection(
            row.id, row.field, row.department, row.reported_at, row.due, late, row.answer
        )
        found.setdefault((row.system, row.stream, row.key_hash), []).append(one)
    return found
