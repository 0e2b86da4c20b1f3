"""Issuers outside the city whose seals are recognised: signed lists of the nation or a province.

A list says until when the next one comes; after that moment nobody in it is known any more. It is
signed by an authority whose public key is kept by name; an older list never takes the place of a
newer one. Every list that was taken is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal

from cryptography import x509
from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, func, insert, select

from certs.tables import metadata
from kernel.canonical import canonical
from kernel.errors import BadInput, Refused
from kernel.house import House
from kernel.signers.public import of_pem
from ledger import log
from ledger.events import event, moment

FORMAT: Final = "zhongtai-issuers-1"
#: The authority's public key is the secret of this name and the authority's own, in capitals.
KEY: Final = "TRUST_LIST_KEY_"
AUTHORITY: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
LARGEST: Final = 8 * 1024 * 1024
MOST: Final = 5_000  # issuers in a list
TOP: Final = frozenset(
    {"format", "authority", "sequence", "issued_at", "next_update", "issuers", "signature"}
)
ISSUER: Final = frozenset({"name", "place", "certificate", "valid_from", "valid_to", "state"})

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
State = Literal["granted", "withdrawn"]


@dataclass(frozen=True)
class Issuer:
    """An authority, or a signer itself, whose seals count from `valid_from` until `valid_to`."""

    name: str
    place: str
    certificate: x509.Certificate
    valid_from: datetime
    valid_to: datetime
    state: State

    def counts(self, now: datetime) -> bool:
        """Whether it is recognised at that time."""
        return self.state == "granted" and self.valid_from <= now < self.valid_to


@dataclass(frozen=True)
class IssuerList:
    """A list whose signature holds."""

    authority: str
    sequence: int
    issued_at: datetime
    next_update: datetime
    issuers: tuple[Issuer, ...]


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


def read(house: House, data: bytes) -> IssuerList:
    """What a list says, once its signature holds. Raises BadInput, Refused (`list_signature`)."""
    if len(data) > LARGEST:
        raise BadInput(f"a list of issuers has at most {LARGEST >> 20} MB")
    try:
        said = json.loads(data.decode())
        signature = base64.b64decode(said["signature"], validate=True)
        authority = str(said["authority"])
        signed = canonical({name: value for name, value in said.items() if name != "signature"})
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        raise BadInput(f"the file is no signed list of issuers ({FORMAT})") from None
    if set(said) != TOP or said["format"] != FORMAT or not AUTHORITY.fullmatch(authority):
        raise BadInput(f"a list of issuers ({FORMAT}) has exactly {', '.join(sorted(TOP))}")
    name = KEY + authority.upper()
    if not house.secrets.has(name):
        raise Refused(
            f"no key of {authority} is kept here: set {name} with `zhongtai secrets set`",
            reason="list_signature",
        )
    key = of_pem(house.secrets.get(name))
    if key.algorithm != house.profile.signature and house.profile.name == "gm":
        raise BadInput(f"in the gm profile the key {name} is SM2")
    if not key.verifies(signed, signature):
        raise Refused(
            f"the list is not signed by {authority}, whose key is here", reason="list_signature"
        )
    return _list(said)


def recognised(house: House, conn: Connection) -> list[tuple[IssuerList, Issuer]]:
    """Issuers that count now by the newest list of each authority, those of expired lists too."""
    now = house.clock()
    newest = [_parsed(row.text) for row in _current(conn)]
    return [(made, one) for made in newest for one in made.issuers if one.counts(now)]


def lists(house: House, conn: Connection) -> list[ListShown]:
    """The newest list of each authority."""
    now = house.clock()
    shown = []
    for row in _current(conn):
        issuers = _parsed(row.text).issuers
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


@lru_cache(8)
def _parsed(text: str) -> IssuerList:
    """A list that was taken: each verdict needs it."""
    return _list(json.loads(text))


def _list(said: Mapping[str, Any]) -> IssuerList:
    sequence, issuers = said["sequence"], said["issuers"]
    if type(sequence) is not int or not 0 < sequence < 2**53:
        raise BadInput("the sequence of a list of issuers is a whole number from 1 on")
    if not isinstance(issuers, list) or not 0 < len(issuers) <= MOST:
        raise BadInput(f"a list of issuers names 1 to {MOST:,} of them")
    made = tuple(_issuer(number, one) for number, one in enumerate(issuers, 1))
    issued, following = _time(said, "issued_at"), _time(said, "next_update")
    if following <= issued:
        raise BadInput("next_update of a list of issuers comes after issued_at")
    return IssuerList(said["authority"], sequence, issued, following, made)


def _issuer(number: int, said: Any) -> Issuer:
    if not isinstance(said, dict) or set(said) != ISSUER:
        raise BadInput(f"issuer {number} of the list has exactly {', '.join(sorted(ISSUER))}")
    if said["state"] not in ("granted", "withdrawn"):
        raise BadInput(f"issuer {number} of the list is granted or withdrawn")
    try:
        certificate = x509.load_pem_x509_certificate(str(said["certificate"]).encode())
    except ValueError:
        raise BadInput(f"issuer {number} of the list has no certificate in PEM") from None
    return Issuer(
        str(said["name"]), str(said["place"]), certificate, _time(said, "valid_from"),
        _time(said, "valid_to"), said["state"],
    )  # fmt: skip


def _time(said: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(said[name]))
        if at.tzinfo is None:
            raise BadInput(f"{name} in the list of issuers needs its zone")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"{name} in the list of issuers is no ISO time") from None
