"""An offer of one licence to its holder's wallet: the pre-authorised code of OpenID4VCI 1.0.

The holder has signed in at the city's app, which asks for the offer by a signed call and shows it.
Code and transaction code (six digits, shown by the app alone) are told once; keyed hashes stay.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, insert, select, update

from certs.looks.own import open_own
from certs.offers import dpop
from certs.offers.dpop import Proved
from certs.offers.tables import wallet_offer
from certs.offers.wrong import Wrong
from certs.rights import right
from kernel.crypto import keyed_hash
from kernel.db import lock
from kernel.errors import PersonMustAct, Refused
from kernel.house import House
from ledger import log
from ledger.events import event, moment

LASTS: Final = timedelta(minutes=10)
#: Wrong transaction codes after which an offer ends.
MOST_TRIES: Final = 5
PIN_DIGITS: Final = 6


@dataclass(frozen=True)
class Offer:
    """What the app shows. `code` stands in the offer, `pin` beside it; kept nowhere."""

    code: str
    pin: str
    licence_type: str
    ends: datetime


@dataclass(frozen=True)
class Token:
    """For one request of a credential, until the offer ends. `bound`: to a wallet's key."""

    token: str
    seconds: int
    bound: bool = False


def offer(house: House, holder: str, licence_id: str) -> Offer:
    """An offer of a holder's own licence; earlier ones of it end.

    `holder`: keyed hash, whom the caller has made sure of. Raises Refused, in the ledger as well;
    PersonMustAct in the gm profile.
    """
    if house.profile.signature != "p256":
        raise PersonMustAct("wallets know no SM2: the gm profile hands out no credentials")
    at = house.clock()
    with house.engine.begin() as conn:
        document = open_own(house, conn, holder, licence_id)
        if not isinstance(document, right.Denied):
            kind = str(document["ZZMC"])
            return _write(house, conn, holder, licence_id, kind)
        refused = denied(conn, at, holder, document)
    raise refused


def denied(conn: Connection, at: datetime, holder: str, wrong: right.Denied) -> Refused:
    """Write that a holder was not given a licence; what to raise once it is committed."""
    log.append(conn, event(at, "wallet.refused", "holder", holder=holder, reason=wrong.detail))
    return Refused(wrong.sentence, reason=wrong.reason, detail=wrong.detail)


def taken(house: House, code: str, pin: str, proof: Proved | None = None) -> Token | Wrong:
    """An access token for a code and its transaction code, once.

    `proof`: the token counts beside proofs of that key alone; None: it is a bearer's.
    """
    at = house.clock()
    with house.engine.begin() as conn:
        row = _locked(house, conn, code)
        if row is None or row.token_hash is not None or row.tries >= MOST_TRIES or row.ends <= at:
            return Wrong("invalid_grant", "the code is unknown, was used, or has ended")
        o = wallet_offer.c
        mine = update(wallet_offer).where(o.id == row.id)
        if not secrets.compare_digest(row.pin_hash, _hash(house, "pin", code, pin)):
            conn.execute(mine.values(tries=row.tries + 1))
            return Wrong("invalid_grant", "the transaction code is wrong")
        if proof is not None and not dpop.first_time(conn, house, proof):
            return dpop.USED
        token = secrets.token_urlsafe(32)
        conn.execute(mine.values(token_hash=token_hash(house, token, proof)))
    return Token(token, int((row.ends - at).total_seconds()), proof is not None)


def waiting(house: House, code: str) -> tuple[str, datetime] | None:
    """Licence type and end of an offer that was not taken yet, for the page that shows it."""
    o = wallet_offer.c
    query = select(o.licence_type, o.ends).where(
        o.code_hash == _hash(house, "code", code), o.token_hash.is_(None), o.tries < MOST_TRIES
    )
    with house.engine.connect() as conn:
        row = conn.execute(query.where(o.ends > house.clock())).one_or_none()
    return None if row is None else (row.licence_type, row.ends)


def token_hash(house: House, token: str, proof: Proved | None) -> str:
    """As a token is kept: what is bound to a key is found by that key alone."""
    if proof is None:
        return _hash(house, "token", token)
    return _hash(house, "bound", proof.key, token)


def _write(house: House, conn: Connection, holder: str, licence_id: str, kind: str) -> Offer:
    at, o = house.clock(), wallet_offer.c
    ends = at + LASTS
    code = secrets.token_urlsafe(24)
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
    open_ones = (o.holder_hash == holder, o.licence_id == licence_id, o.done_at.is_(None))
    conn.execute(update(wallet_offer).where(*open_ones, o.ends > at).values(ends=at))
    row = {
        "licence_id": licence_id, "licence_type": kind, "holder_hash": holder,
        "code_hash": _hash(house, "code", code), "pin_hash": _hash(house, "pin", code, pin),
        "tries": 0, "made_at": at, "ends": ends,
    }  # fmt: skip
    conn.execute(insert(wallet_offer).values(row))
    about = {"holder": holder, "licence": licence_id, "licence_type": kind}
    log.append(conn, event(at, "wallet.offered", "holder", **about, until=moment(ends)))
    return Offer(code, pin, kind, ends)


def _locked(house: House, conn: Connection, code: str) -> Row[tuple[object, ...]] | None:
    found = _hash(house, "code", code)
    lock(conn, f"certs.offers/{found}")
    query = select(wallet_offer).where(wallet_offer.c.code_hash == found)
    return conn.execute(query).one_or_none()


def _hash(house: House, *parts: str) -> str:
    return keyed_hash(house.keys.index, "wallet", *parts)
