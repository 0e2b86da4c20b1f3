"""Signatures against known answers, and tokens that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import gmalg
import pytest

from connectors.auth import OAuth2, Signed, make_auth
from connectors.signatures import SM2_USER, hmac_sm3, national_signature, sm2_signer
from kernel.clock import stopped_clock, system_clock
from kernel.errors import NotAuthorised, PersonMustAct
from registry.contract import NationalAuth, TokenAuth
from tests.connectors.gateway import Reply, Request, gateway
from tests.connectors.made import made_secrets
from tests.connectors.test_paging import opened, read

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_the_national_signature_is_the_computed_one() -> None:
    signed = national_signature(
        "demo-app-secret-not-real", "s_113607000000000000_0001", "demo_requester", "1700000000000"
    )
    assert signed == "C6qABqjWZZhySVtXTHd7akNDP2gWH9FDNaRjxVlli8c="


def test_the_national_headers_name_the_service_of_the_yaml(tmp_path: Path) -> None:
    contract = NationalAuth(
        kind="national", id="XX_ID", secret="XX_SECRET", service="s_113607000000000000_0001"
    )
    secrets = made_secrets(tmp_path, ID="demo_requester", SECRET="demo-app-secret-not-real")
    clock = stopped_clock(datetime.fromtimestamp(1_700_000_000, UTC))
    assert make_auth(contract, secrets, clock, lambda form: {}).headers() == {
        "gjgxjhpt_rid": "demo_requester",
        "gjgxjhpt_sid": "s_113607000000000000_0001",
        "gjgxjhpt_rtime": "1700000000000",
        "gjgxjhpt_sign": "C6qABqjWZZhySVtXTHd7akNDP2gWH9FDNaRjxVlli8c=",
    }


def test_hmac_sm3_is_the_one_made_of_two_plain_hashes() -> None:
    key, text = "a secret", b"app1700000000000nonce"
    inner, outer = (bytes(byte ^ pad for byte in key.encode().ljust(64, b"\0")) for pad in (54, 92))

    def plain(data: bytes) -> bytes:
        sm3 = gmalg.SM3()
        sm3.update(data)
        return bytes(sm3.value())

    assert hmac_sm3(key, text) == plain(outer + plain(inner + text)).hex()


def test_an_sm2_signature_verifies_with_the_public_key() -> None:
    pair = gmalg.SM2().generate_keypair()
    signed = bytes.fromhex(sm2_signer("XX_SECRET", pair[0].hex())(b"text"))
    verifier = gmalg.SM2(uid=SM2_USER, pk=pair[1])
    assert len(signed) == 64
    assert verifier.verify(b"text", signed[:32], signed[32:])


def test_a_key_that_is_no_sm2_key_names_the_secret() -> None:
    with pytest.raises(PersonMustAct, match="XX_SECRET"):
        sm2_signer("XX_SECRET", "not hex")


def test_no_two_requests_share_a_nonce() -> None:
    auth = Signed("app", lambda text: text.decode(), stopped_clock(AT))
    first, second = auth.headers(), auth.headers()
    assert first["X-Timestamp"] == second["X-Timestamp"] == "1795420800000"
    assert first["X-Nonce"] != second["X-Nonce"]
    assert first["X-Signature"] == f"app1795420800000{first['X-Nonce']}"


def test_an_oauth2_token_is_renewed_before_it_ends() -> None:
    asked: list[str] = []
    now = [AT]

    def ask(form: object) -> dict[str, object]:
        asked.append("x")
        return {"access_token": f"t{len(asked)}", "expires_in": 300}

    auth = OAuth2("id", "secret", lambda: now[0], ask)
    assert auth.headers() == auth.headers() == {"Authorization": "Bearer t1"}
    now[0] += timedelta(seconds=271)
    assert auth.headers() == {"Authorization": "Bearer t2"}


@pytest.mark.parametrize("taken", [True, False])
def test_a_refresh_token_is_used_once_and_our_credentials_when_it_is_refused(
    tmp_path: Path, taken: bool
) -> None:
    forms: list[dict[str, str]] = []

    def answer(request: Request) -> Reply:
        forms.append(dict(parse_qsl(request.body.decode())))
        if forms[-1]["grant_type"] == "refresh_token" and not taken:
            return Reply({"error": "invalid_grant"}, 400)
        number = len(forms)
        token = {"access_token": f"t{number}", "refresh_token": f"r{number}", "expires_in": 300}
        return Reply(token)

    now = [AT]
    with gateway(answer) as server:
        client = opened(tmp_path, server.url, "page")
        auth = OAuth2("id", "secret", lambda: now[0], client.http.ask_token)  # type: ignore[attr-defined]
        auth.headers()
        now[0] += timedelta(seconds=271)
        auth.headers()
    kinds = [form["grant_type"] for form in forms]
    again = [] if taken else ["client_credentials"]
    assert kinds == ["client_credentials", "refresh_token", *again]
    assert forms[1]["refresh_token"] == "r1"
    assert auth.token == f"t{len(forms)}"


def test_a_token_that_ended_early_is_asked_for_again_once(tmp_path: Path) -> None:
    given: list[str] = []

    def answer(request: Request) -> Reply:
        if request.path == "/oauth/token":
            given.append("x")
            return Reply({"access_token": f"t{len(given)}", "expires_in": 300})
        if request.headers["Authorization"] != "Bearer t2":
            return Reply({"code": 401}, 401)
        return Reply({"code": 200, "data": {"total": 1, "rows": [{"id": "a"}]}})

    with gateway(answer) as server:
        client = opened(tmp_path, server.url, "page")
        oauth = OAuth2("id", "secret", system_clock, client.http.ask_token)  # type: ignore[attr-defined]
        client.http.auth = oauth  # type: ignore[attr-defined]
        assert len(read(client)) == 1
        oauth.token = "stale"
        with pytest.raises(NotAuthorised):
            read(client)
    assert len(given) == 3


def test_a_kind_that_does_not_sign_http_is_refused(tmp_path: Path) -> None:
    contract = TokenAuth(kind="token", token="XX_TOKEN")
    with pytest.raises(PersonMustAct, match="token"):
        make_auth(contract, made_secrets(tmp_path, TOKEN="t"), system_clock, lambda form: {})


def test_an_sm2_signature_has_64_bytes_also_when_a_half_begins_with_zero() -> None:
    sign = sm2_signer("XX_SECRET", gmalg.SM2().generate_keypair()[0].hex().rjust(64, "0"))
    assert {len(sign(b"text")) for _ in range(60)} == {128}
