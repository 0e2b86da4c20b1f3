"""Issuers outside the city whose seals are recognised: signed lists of the nation or a province.

A list says until when the next one comes; after that moment nobody in it is known any more. It is
signed by an authority whose public key is kept by name; an older list never takes the place of a
newer one. Every list that was taken is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, func, insert, select

from certs.seals.issuers import Issuer, IssuerList, parsed, read
from certs.tables import metadata
from kernel.errors import Refused
from kernel.house import House
from ledger import log
from ledger.events import event, moment

issuer_list = Table(
    "issuer_list",
    metadata,
    Column("authority", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("next_update", DateTime(timezone=True), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("text", Text, nullable=False),  # the list as it came
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class ListShown:
    """The newest list of an authority. `expired`: nobody in it is known any more."""

    authority: str
    sequence: int
    issued_at: datetime
    next_update: datetime
    expired: bool
    issuers: int
    recognised: int  # of them, now
    imported_by: str
    imported_at: datetime


def take(house: House, conn: Connection, who: str, data: bytes) -> IssuerList:
    """Take a list; from now on it counts. The same list again changes nothing.

    Raises BadInput on a list of another form, Refused (`list_signature`, `list_expired`,
    `list_older`, `list_not_yet`) on one that must not count; the caller writes that down.
    """
    made = read(house, data)
    now = house.clock()
    if made.issued_at > now:
        raise Refused("the list was issued in the future: check both clocks", reason="list_not_yet")
    if made.next_update <= now:
        raise Refused("the list has expired: ask its authority for the next", reason="list_expired")
    sha256 = hashlib.sha256(data).hexdigest()
    newest = _newest(conn, made.authority)
    if newest is not None and newest.sha256 == sha256:
        return made
    if newest is not None and made.sequence <= newest.sequence:
        raise Refused(
            f"list {made.sequence} of {made.authority} is not newer than {newest.sequence}, which "
            "is in force",
            reason="list_older",
        )
    row = {
        "authority": made.authority, "sequence": made.sequence, "issued_at": made.issued_at,
        "next_update": made.next_update, "sha256": sha256, "text": data.decode(), "by": who,
        "at": now,
    }  # fmt: skip
    conn.execute(insert(issuer_list), [row])
    facts = {"number": made.sequence, "sha256": sha256, "count": len(made.issuers)}
    about = {"place": made.authority, "until": moment(made.next_update)}
    log.append(conn, event(now, "trust.imported", who, **facts, **about))
    return made


def recognised(house: House, conn: Connection) -> list[tuple[IssuerList, Issuer]]:
    """Issuers that count now by the newest list of each authority, those of expired lists too."""
    now = house.clock()
    newest = [parsed(row.text) for row in _current(conn)]
    return [(made, one) for made in newest for one in made.issuers if one.counts(now)]


def lists(house: House, conn: Connection) -> list[ListShown]:
    """The newest list of each authority."""
    now = house.clock()
    shown = []
    for row in _current(conn):
        issuers = parsed(row.text).issuers
        expired = now >= row.next_update
        recognised = 0 if expired else sum(one.counts(now) for one in issuers)
        shown.append(
            ListShown(
                row.authority, row.sequence, row.issued_at, row.next_update, expired,
                len(issuers), recognised, row.by, row.at,
            )
        )  # fmt: skip
    return shown


def _newest(conn: Connection, authority: str) -> Any:
    c = issuer_list.c
    query = select(c.sequence, c.sha256).where(c.authority == authority)
    return conn.execute(query.order_by(c.sequence.desc()).limit(1)).one_or_none()


def _current(conn: Connection) -> Sequence[Any]:
    c = issuer_list.c
    newest = select(c.authority, func.max(c.sequence).label("sequence")).group_by(c.authority)
    last = newest.subquery()
    query = select(issuer_list).join(
        last, (c.authority == last.c.authority) & (c.sequence == last.c.sequence)
    )
    return conn.execute(query.order_by(c.authority)).all()
