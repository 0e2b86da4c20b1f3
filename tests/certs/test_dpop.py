"""An access token that was given to a wallet's key counts beside a fresh proof of it alone."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certs.offers.dpop import thumbprint
from certs.wallet import jws
from kernel.signers.software import P256File
from tests.certs import test_offers, test_refusals
from tests.certs.test_offers import Wallet, offered
from tests.certs.test_refusals import Desk
from tests.certs.test_wallet import new_signer
from tests.certs.town import NOW

desk = test_refusals.desk


class Prover(Wallet):
    """A wallet that follows RFC 9449: a key of its own for its requests."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.calls = new_signer()

    def dpop(self, url: str, token: str | None = None, **over: Any) -> str:
        said = {"htm": "POST", "htu": url, "iat": int(NOW.timestamp())}
        said |= {"jti": secrets.token_urlsafe(8)}
        if token is not None:
            said["ath"] = jws.encode(hashlib.sha256(token.encode()).digest())
        key: P256File = over.pop("signer", self.calls)
        known = {"jwk": jws.jwk(key.public), "typ": "dpop+jwt"}
        head = {name: over.pop(name, value) for name, value in known.items()}
        said = {name: value for name, value in {**said, **over}.items() if value is not None}
        return jws.sign(head, said, key)

    def bound(self, offer: dict[str, Any], **over: Any) -> Any:
        """Take an offer with a proof."""
        proof = self.dpop(self.server["token_endpoint"], **over)
        self.client.headers["DPoP"] = proof
        try:
            return self.token(offer)
        finally:
            del self.client.headers["DPoP"]

    def asked(self, token: str, *proofs: str, scheme: str = "DPoP") -> Any:
        """Ask for the credential with these proofs."""
        body = {"credential_configuration_id": "licence", "proofs": {"jwt": [self.proof()]}}
        head = [("authorization", f"{scheme} {token}"), *(("dpop", one) for one in proofs)]
        path = self.path(self.issuer["credential_endpoint"])
        return self.client.post(path, json=body, headers=head)

    def here(self, token: str, **over: Any) -> str:
        return self.dpop(self.issuer["credential_endpoint"], token, **over)


def test_the_thumbprint_is_that_of_the_standard() -> None:
    """RFC 9449, figures 5 and 10 (the example's key and its `jkt`)."""
    key = {
        "kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    }  # fmt: skip
    assert thumbprint(key) == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_a_token_that_was_given_to_a_key_is_used_by_that_key(desk: Desk) -> None:
    wallet = Prover(desk)
    assert wallet.server["dpop_signing_alg_values_supported"] == ["ES256"]
    given = wallet.bound(offered(desk).json()).json()
    assert given["token_type"] == "DPoP"
    token = given["access_token"]
    answer = wallet.asked(token, wallet.here(token))
    assert answer.status_code == 200
    assert desk.last()["event"] == "wallet.issued"


def test_who_took_the_token_alone_gets_nothing(desk: Desk) -> None:
    wallet, thief = Prover(desk), Prover(desk)
    token = wallet.bound(offered(desk).json()).json()["access_token"]
    key = thumbprint(jws.jwk(wallet.calls.public))
    for answer in (
        wallet.asked(token, scheme="Bearer"),
        wallet.asked(token, wallet.here(token), scheme="Bearer"),
        wallet.asked(f"{key}\x1f{token}", scheme="Bearer"),
        thief.asked(token, thief.here(token)),
    ):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
        assert 'DPoP error="invalid_token", algs="ES256"' in answer.headers["www-authenticate"]
    assert wallet.asked(token, wallet.here(token)).status_code == 200


def test_a_bearers_token_is_no_bound_one(desk: Desk) -> None:
    wallet = Prover(desk)
    token = wallet.token(offered(desk).json()).json()["access_token"]
    assert wallet.asked(token, wallet.here(token)).json()["error"] == "invalid_token"
    assert wallet.asked(token, scheme="Bearer").status_code == 200


HALF = "\ud800"
AGES = {"old": NOW - timedelta(minutes=6), "ahead": NOW + timedelta(minutes=6)}
WRONG: list[dict[str, Any]] = [
    {"iat": int(AGES["old"].timestamp())},
    {"iat": int(AGES["ahead"].timestamp())},
    {"iat": "now"},
    {"iat": None},
    {"iat": 10**30},
    {"htm": "GET"},
    {"htm": None},
    {"htu": "https://other.example/wallet/token"},
    {"htu": 7},
    {"htu": "http://[x"},
    {"jti": None},
    {"jti": ""},
    {"jti": 7},
    {"typ": "jwt"},
    {"jwk": {"kty": "EC", "crv": "P-256"}},
    {"jwk": {**jws.jwk(new_signer().public), "d": "AA"}},
    {"jwk": jws.jwk(new_signer().public)},
    {"jwk": "key"},
]


@pytest.mark.parametrize("over", WRONG)
def test_a_proof_that_is_none_takes_no_offer_and_gives_no_credential(
    desk: Desk, over: dict[str, Any]
) -> None:
    wallet, offer = Prover(desk), offered(desk).json()
    refused = wallet.bound(offer, **over)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    token = wallet.bound(offer).json()["access_token"]
    answer = wallet.asked(token, wallet.here(token, **over))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_dpop_proof")
    assert answer.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    assert wallet.asked(token, wallet.here(token)).status_code == 200


@pytest.mark.parametrize("ath", [None, "x", jws.encode(hashlib.sha256(b"other").digest())])
def test_a_proof_of_another_token_gives_no_credential(desk: Desk, ath: str | None) -> None:
    wallet = Prover(desk)
    token = wallet.bound(offered(desk).json()).json()["access_token"]
    assert wallet.asked(token, wallet.here(token, ath=ath)).json()["error"] == "invalid_dpop_proof"


def test_one_proof_is_shown_not_none_two_or_no_text(desk: Desk) -> None:
    wallet = Prover(desk)
    token = wallet.bound(offered(desk).json()).json()["access_token"]
    for proofs in ((), (wallet.here(token), wallet.here(token)), ("",), ("a.b.c",), ("x" * 9000,)):
        assert wallet.asked(token, *proofs).json()["error"] == "invalid_dpop_proof"
    deep = jws.encode(b'{"a":' * 3000)
    assert wallet.asked(token, f"{deep}.{deep}.{deep}").json()["error"] == "invalid_dpop_proof"


def test_a_proof_is_used_once(desk: Desk) -> None:
    wallet = Prover(desk)
    first, second = offered(desk, "o1").json(), None
    proof = wallet.dpop(wallet.server["token_endpoint"], jti="one")
    wallet.client.headers["DPoP"] = proof
    token = wallet.token(first).json()["access_token"]
    second = offered(desk, "o2").json()
    again = wallet.token(second)
    del wallet.client.headers["DPoP"]
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")
    token = wallet.bound(second).json()["access_token"]
    shown = wallet.here(token)
    body = {"credential_configuration_id": "other", "proofs": {"jwt": [wallet.proof()]}}
    head = {"authorization": f"DPoP {token}", "dpop": shown}
    path = wallet.path(wallet.issuer["credential_endpoint"])
    told = wallet.client.post(path, json=body, headers=head).json()["error"]
    assert told == "unknown_credential_configuration"
    replayed = wallet.asked(token, shown)
    assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_dpop_proof")
    assert wallet.asked(token, wallet.here(token)).status_code == 200


def test_the_address_may_be_written_otherwise(desk: Desk) -> None:
    wallet = Prover(desk)
    url = wallet.server["token_endpoint"]
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    other = f"{scheme.upper()}://{host.upper()}{slash}{path}?a=1#b"
    assert wallet.bound(offered(desk).json(), htu=other).status_code == 200


def test_half_a_character_is_no_text(desk: Desk) -> None:
    wallet = Prover(desk)
    token = wallet.bound(offered(desk).json()).json()["access_token"]
    for name in ("jti", "htu", "ath"):
        proof = halved(wallet.here(token), wallet.calls, name)
        assert wallet.asked(token, proof).json()["error"] == "invalid_dpop_proof"
    half = halved(wallet.proof(), wallet.key, "nonce")
    body = {"credential_configuration_id": "licence", "proofs": {"jwt": [half]}}
    head = {"authorization": f"DPoP {token}", "dpop": wallet.here(token)}
    answer = wallet.client.post("/wallet/credential", json=body, headers=head)
    assert answer.json()["error"] == "invalid_proof"


def halved(text: str, key: P256File, name: str) -> str:
    """The signed text with half of a character in this claim, signed anew."""
    head, said = jws.read(text)
    parts = (head, {**said, name: HALF})
    signed = ".".join(jws.encode(json.dumps(one).encode()) for one in parts)
    r, s = decode_dss_signature(key.sign(signed.encode()))
    return f"{signed}.{jws.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def test_strangers_leave_no_rows(desk: Desk) -> None:
    """Who holds neither code nor token cannot fill the table of used proofs."""
    wallet = Prover(desk)
    counted = "SELECT count(*) FROM landing.nonce WHERE system LIKE 'dpop/%'"
    wallet.bound({"offer": test_offers.offered(desk).json()["offer"], "pin": "x"})
    wallet.asked("token", wallet.here("token"))
    assert desk.town.query(counted) == [(0,)]
