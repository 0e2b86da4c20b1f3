"""A credential for a wallet that shows an access token and proves its key: once, on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from certs.looks.own import open_own
from certs.offers import dpop, status
from certs.offers.dpop import Proved
from certs.offers.offer import denied, token_hash
from certs.offers.proof import wallet_key
from certs.offers.tables import credential, wallet_offer
from certs.offers.wrong import Wrong
from certs.rights import right
from certs.seals.authority import certificates
from certs.wallet.credential import Issuer, ends_on, sd_jwt
from kernel.db import lock
from kernel.house import House
from kernel.signers.public import PublicKey
from ledger import log, watch
from ledger.events import event, moment

#: The one kind of credential, as wallets ask for it.
CONFIGURATION: Final = "licence"


@dataclass(frozen=True)
class Asked:
    """A wallet's request: its access token, what it wants, the proof of the key to bind it to.

    `key`: what its DPoP proof says; None where the token was shown as a bearer's.
    """

    token: str
    configuration: str
    proof: str
    key: Proved | None = None


def issue(house: House, asked: Asked) -> str | Wrong:
    """The credential, bound to the wallet's key; in the ledger before it leaves.

    The right is looked at again: what was revoked since the offer is not given. A request that is
    wrong leaves the token as it is, so that the wallet may ask again.
    """
    url = house.settings.portal_url
    found = token_hash(house, asked.token, asked.key)
    with house.engine.begin() as conn:
        lock(conn, f"certs.offers/{found}")
        row = _offered(conn, found, house.clock())
        if row is None:
            says = "the token is unknown, was used, has ended, or was given to another key"
            return Wrong("invalid_token", says)
        if asked.key is not None and not dpop.first_time(conn, house, asked.key):
            return dpop.USED
        if asked.configuration != CONFIGURATION:
            return Wrong("unknown_credential_configuration", f"there is only {CONFIGURATION}")
        key = wallet_key(house, asked.proof, url)
        if isinstance(key, Wrong):
            return key
        document = open_own(house, conn, row.holder_hash, row.licence_id)
        if not _stopped(document):
            _done(conn, row.id, house.clock())
        if isinstance(document, right.Denied):
            denied(conn, house.clock(), row.holder_hash, document)
            return Wrong("credential_request_denied", document.detail)
        return _given(house, conn, row, dict(document), key)


def _stopped(document: object) -> bool:
    """Whether nothing is given out now: the token stays, the wallet asks again."""
    return isinstance(document, right.Denied) and document.detail in watch.STOPS


def _given(
    house: House, conn: Connection, row: Row[Any], document: dict[str, Any], key: PublicKey
) -> str:
    now = house.clock().astimezone(UTC)
    ends = ends_on(document, now)
    about = {"holder_hash": row.holder_hash, "wallet_key": key.key_id, "issued_at": now}
    order = insert(credential).values(
        licence_id=row.licence_id, licence_type=row.licence_type, **about, ends=ends
    )
    number = int(conn.execute(order.returning(credential.c.id)).scalar_one())
    issuer = Issuer(house.settings.portal_url, house.keys.seal.signer(), certificates(house).seal)
    made = sd_jwt(document, None, issuer, key, now, status.place(issuer.url, number))
    facts = {
        "holder": row.holder_hash, "licence": row.licence_id, "licence_type": row.licence_type,
        "key": key.key_id, "number": number, "until": moment(ends),
    }  # fmt: skip
    log.append(conn, event(now, "wallet.issued", "holder", **facts))
    return made


def _offered(conn: Connection, found: str, at: datetime) -> Row[Any] | None:
    o = wallet_offer.c
    mine = (o.token_hash == found, o.done_at.is_(None), o.ends > at)
    return conn.execute(select(wallet_offer).where(*mine)).one_or_none()


def _done(conn: Connection, number: int, at: datetime) -> None:
    conn.execute(update(wallet_offer).where(wallet_offer.c.id == number).values(done_at=at))
