"""Licences for holders' wallets, over one installation: what the app asks, what wallets ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from certs.offers import dpop, issue, offer, proof, status
from certs.offers.issue import CONFIGURATION, Asked
from certs.offers.offer import PIN_DIGITS, Token
from certs.offers.wrong import Error, Wrong
from certs.verifying.verdict import Status, Verdict
from certs.wallet.credential import TYPE, VCT
from certs.wallet.jws import ALGORITHM
from kernel.canonical import canonical
from kernel.house import House
from pipeline.bodies import SentHolder, Short
from pipeline.window_calls import proved

__all__ = ["GRANT", "Asked", "Error", "Offered", "Token", "Waiting", "Wallets", "Wrong"]
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
#: Under the portal's address.
TOKEN, NONCE, CREDENTIAL, PAGE = "/wallet/token", "/wallet/nonce", "/wallet/credential", "/wallet/"


class SentChoice(SentHolder):
    """A signed-in holder has chosen one: the `wallet` of their list of licences."""

    licence: Short


@dataclass(frozen=True)
class Offered:
    """`offer`: the address that a wallet opens; `page`: ours that shows it; `pin`: the holder types
    it into the wallet, and only the app shows it."""

    licence_type: str
    offer: str
    page: str
    pin: str
    ends: datetime


@dataclass(frozen=True)
class Waiting:
    """An offer that no wallet has taken yet."""

    licence_type: str
    offer: str
    ends: datetime


#: What a list's state makes of a credential that is valid in itself.
STATES: dict[int, tuple[Status, str]] = {
    1: ("revoked", "内容未被改动，但签发之后证照已失效或内容已变更，请持证人重新领取。"),
    2: ("suspended", "内容未被改动，但签发之后证照已被暂扣。"),
}


def as_now(house: House, verdict: Verdict) -> Verdict:
    """The verdict on a credential of ours by what has become of it; any other one as it is."""
    about = verdict.about
    if verdict.status != "valid" or "status_list" not in about:
        return verdict
    state = status.state_now(house, about["status_list"], int(about["status_index"]))
    if state not in STATES:
        return verdict
    ended, reason = STATES[state]
    return replace(verdict, status=ended, reason=reason)


class Wallets:
    """Methods for the app raise NotAuthorised, BadInput, SkipRow and Refused, on record."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.url = house.settings.portal_url
        self._lists: dict[int, tuple[datetime, str]] = {}

    def offer(self, headers: Mapping[str, str], body: bytes) -> Offered:
        """An offer of the licence that a signed-in holder has chosen."""
        sent = proved(self.house, headers, body, SentChoice)
        holder = self.house.holder_hash(sent.holder_kind, sent.holder_number)
        made = offer.offer(self.house, holder, sent.licence)
        page = f"{self.url}{PAGE}{made.code}"
        return Offered(made.licence_type, self._address(made.code), page, made.pin, made.ends)

    def waiting(self, code: str) -> Waiting | None:
        """An offer, for the page that shows it; None: taken, over, or there is none."""
        found = offer.waiting(self.house, code)
        return None if found is None else Waiting(found[0], self._address(code), found[1])

    def taken(self, code: str, pin: str, proofs: Sequence[str] = ()) -> Token | Wrong:
        """A wallet takes an offer. `proofs`: its `DPoP` headers; the token is then bound."""
        if not proofs:
            return offer.taken(self.house, code, pin)
        key = dpop.proved(self.house, proofs, self.url + TOKEN)
        return key if isinstance(key, Wrong) else offer.taken(self.house, code, pin, key)

    def nonce(self) -> str:
        """What a wallet signs to prove its key."""
        return proof.nonce(self.house)

    def issue(self, asked: Asked, proofs: Sequence[str] | None = None) -> str | Wrong:
        """A wallet asks for the credential. In the ledger before it returns.

        `proofs`: its `DPoP` headers; None where it showed the token as a bearer's.
        """
        if proofs is None:
            return issue.issue(self.house, asked)
        key = dpop.proved(self.house, proofs, self.url + CREDENTIAL, asked.token)
        if isinstance(key, Wrong):
            return key
        return issue.issue(self.house, replace(asked, key=key))

    def statuses(self, number: int) -> str | None:
        """A signed status list, at most a minute old; None when there is none of that number."""
        now = self.house.clock()
        kept = self._lists.get(number)
        if kept is not None and now - kept[0] < status.FRESH:
            return kept[1]
        made = status.signed_list(self.house, number)
        if made is not None:
            self._lists[number] = (now, made)
        return made

    def issuer(self) -> dict[str, Any]:
        """The metadata of OpenID4VCI 1.0: `/.well-known/openid-credential-issuer`."""
        kind = {
            "format": TYPE,
            "vct": self.url + VCT,
            "cryptographic_binding_methods_supported": ["jwk"],
            "credential_signing_alg_values_supported": [ALGORITHM],
            "proof_types_supported": {
                "jwt": {"proof_signing_alg_values_supported": [ALGORITHM]},
            },
            "credential_metadata": {"display": [{"name": "电子证照", "locale": "zh-CN"}]},
        }
        return {
            "credential_issuer": self.url,
            "credential_endpoint": self.url + CREDENTIAL,
            "nonce_endpoint": self.url + NONCE,
            "credential_configurations_supported": {CONFIGURATION: kind},
        }

    def server(self) -> dict[str, Any]:
        """The metadata of RFC 8414: `/.well-known/oauth-authorization-server`."""
        return {
            "issuer": self.url,
            "token_endpoint": self.url + TOKEN,
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["none"],
            "pre-authorized_grant_anonymous_access_supported": True,
            "dpop_signing_alg_values_supported": [ALGORITHM],
        }

    def _address(self, code: str) -> str:
        """The offer by value, as a link or a code to scan."""
        grant = {
            "pre-authorized_code": code,
            "tx_code": {"input_mode": "numeric", "length": PIN_DIGITS},
        }
        said = {
            "credential_issuer": self.url,
            "credential_configuration_ids": [CONFIGURATION],
            "grants": {GRANT: grant},
        }
        return f"openid-credential-offer://?credential_offer={quote(canonical(said).decode())}"
