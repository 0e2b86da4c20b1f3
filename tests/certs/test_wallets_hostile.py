"""Wallets' endpoints with any claims, signed as they must be: an answer in the standard's words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from certs.wallet import jws
from kernel.signers.software import P256File
from pipeline.wallets import GRANT
from tests.certs import test_refusals
from tests.certs.test_called_hostile import GENTLE, VALUES
from tests.certs.test_dpop import Prover
from tests.certs.test_offers import offered
from tests.certs.test_refusals import Desk

desk = test_refusals.desk
HALF = st.just("\ud800")
CLAIMS = st.dictionaries(
    st.sampled_from(["aud", "iat", "nonce", "htm", "htu", "jti", "ath", "exp"]),
    VALUES | HALF | st.integers(-(10**40), 10**40), max_size=3,
)  # fmt: skip
HEADS = st.dictionaries(
    st.sampled_from(["typ", "jwk", "alg", "crit", "kid"]), VALUES | HALF, max_size=2
)
ERRORS = {
    "invalid_dpop_proof", "invalid_proof", "invalid_nonce", "invalid_token",
    "invalid_credential_request", "unknown_credential_configuration",
}  # fmt: skip


@pytest.fixture
def wallet(desk: Desk) -> tuple[Prover, str]:
    """A wallet with a bound token that every example asks with."""
    made = Prover(desk)
    return made, str(made.bound(offered(desk).json()).json()["access_token"])


def altered(text: str, key: P256File, head: dict[str, Any], said: dict[str, Any]) -> str:
    """The signed text with other claims, signed anew by its own key."""
    parts = [{**one, **over} for one, over in zip(jws.read(text), (head, said), strict=True)]
    signed = ".".join(jws.encode(json.dumps(one).encode()) for one in parts)
    r, s = decode_dss_signature(key.sign(signed.encode()))
    return f"{signed}.{jws.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def asked(wallet: Prover, token: str, dpop: str, body: Any) -> None:
    head = {"authorization": f"DPoP {token}", "dpop": dpop}
    sent = json.dumps(body).encode()
    answer = wallet.client.post("/wallet/credential", content=sent, headers=head)
    assert answer.status_code in {400, 401}, answer.text
    assert answer.json()["error"] in ERRORS


@GENTLE
@given(head=HEADS, said=CLAIMS)
def test_any_claims_of_a_dpop_proof_are_answered(
    wallet: tuple[Prover, str], head: dict[str, Any], said: dict[str, Any]
) -> None:
    made, token = wallet
    proof = altered(made.here(token), made.calls, head, said)
    asked(made, token, proof, {"credential_configuration_id": "other", "proofs": {"jwt": ["a"]}})


@GENTLE
@given(head=HEADS, said=CLAIMS)
def test_any_claims_of_a_keys_proof_are_answered(
    wallet: tuple[Prover, str], head: dict[str, Any], said: dict[str, Any]
) -> None:
    made, token = wallet
    proof = altered(made.proof(), made.key, head, {"aud": "nobody", **said})
    body = {"credential_configuration_id": "licence", "proofs": {"jwt": [proof]}}
    asked(made, token, made.here(token), body)


@GENTLE
@given(body=VALUES, proofs=VALUES, configuration=VALUES | HALF)
def test_any_request_is_answered(
    wallet: tuple[Prover, str], body: Any, proofs: Any, configuration: Any
) -> None:
    made, token = wallet
    for sent in (body, {"credential_configuration_id": configuration, "proofs": {"jwt": [proofs]}}):
        asked(made, token, made.here(token), sent)


@GENTLE
@given(code=st.text(max_size=60), pin=st.text(max_size=9), token=st.text(max_size=60))
def test_any_code_and_any_token_are_answered(
    wallet: tuple[Prover, str], code: str, pin: str, token: str
) -> None:
    made = wallet[0]
    form = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": pin}
    answer = made.client.post("/wallet/token", data=form)
    assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
    head = [(b"authorization", b"DPoP " + token.encode("utf-8", "replace").replace(b"\n", b" "))]
    sent = {"credential_configuration_id": "licence", "proofs": {"jwt": ["a"]}}
    shown = made.client.post("/wallet/credential", json=sent, headers=head)
    assert shown.status_code in {400, 401}, shown.text
