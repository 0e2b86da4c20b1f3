"""A holder's licence in a wallet: offered to its holder, given once, and told when it ends."""

from __future__ import annotations

import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from certs.licences.erase import destroy_keys
from certs.licences.publish import publish_system
from certs.offers.issue import Asked, issue
from certs.offers.offer import Token, taken
from certs.offers.status import BITS, packed
from certs.seals.trust import trust_of
from certs.verifying.file import verify_file
from certs.wallet import jws
from certs.wallet.credential import present
from certs.wallet.opening import verify
from kernel.signers.software import P256File
from pipeline.holder_view import of_holder
from pipeline.platform import Platform
from pipeline.wallets import GRANT
from tests.certs import test_refusals
from tests.certs.test_refusals import FOOD, Desk
from tests.certs.test_wallet import new_signer
from tests.certs.town import LI, NOW, WANG

desk = test_refusals.desk
HOLDER = {"holder_kind": "person", "holder_number": WANG}


def licences(desk: Desk, number: str = WANG, **change: str) -> Any:
    body = {"holder_kind": "person", "holder_number": number}
    return desk.signed("/window/licences", body, **change)


def offerable(desk: Desk, number: str = WANG, **change: str) -> list[dict[str, Any]]:
    """Those that a wallet may have."""
    return [one for one in licences(desk, number, **change).json() if one["wallet"]]


def offered(desk: Desk, nonce: str = "o1", licence: str | None = None, **over: str) -> Any:
    """The app's answer to a holder who chose their only licence."""
    chosen = licence or offerable(desk, nonce=f"{nonce}-list")[0]["wallet"]
    return desk.signed("/window/offers", {**HOLDER, "licence": chosen, **over}, nonce=nonce)


class Wallet:
    """A wallet that follows what issuer and server say of themselves."""

    def __init__(self, desk: Desk, key: P256File | None = None) -> None:
        self.key = key or new_signer()
        self.client = desk.client
        self.now = desk.town.house.clock
        self.issuer = self.client.get("/.well-known/openid-credential-issuer").json()
        self.server = self.client.get("/.well-known/oauth-authorization-server").json()

    def path(self, url: str) -> str:
        assert url.startswith(self.issuer["credential_issuer"])
        return urlsplit(url).path

    def token(self, offer: dict[str, Any], pin: str | None = None, **over: str) -> Any:
        """Take an offer as its link says it."""
        said = parse_qs(urlsplit(offer["offer"]).query)["credential_offer"][0]
        code = json.loads(said)["grants"][GRANT]["pre-authorized_code"]
        sent = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": pin or offer["pin"]}
        return self.client.post(self.path(self.server["token_endpoint"]), data={**sent, **over})

    def proof(self, **over: Any) -> str:
        nonce = self.client.post(self.path(self.issuer["nonce_endpoint"])).json()["c_nonce"]
        said = {
            "aud": self.issuer["credential_issuer"], "iat": int(self.now().timestamp()),
            "nonce": nonce, **over,
        }  # fmt: skip
        head = {"typ": said.pop("typ", "openid4vci-proof+jwt"), "jwk": jws.jwk(self.key.public)}
        return jws.sign(head, said, said.pop("signer", self.key))

    def ask(self, token: str, proof: str, configuration: str = "licence") -> Any:
        body = {"credential_configuration_id": configuration, "proofs": {"jwt": [proof]}}
        head = {"authorization": f"Bearer {token}"}
        path = self.path(self.issuer["credential_endpoint"])
        return self.client.post(path, json=body, headers=head)

    def fetch(self, offer: dict[str, Any]) -> str:
        """The credential of an offer."""
        token = self.token(offer).json()["access_token"]
        given = self.ask(token, self.proof()).json()
        return str(given["credentials"][0]["credential"])


def state(desk: Desk, credential: str) -> int:
    """What the status list says of a credential, as any verifier reads it."""
    place = jws.read(credential.partition("~")[0])[1]["status"]["status_list"]
    text = Wallet(desk).client.get(urlsplit(place["uri"]).path).text
    header, payload = jws.read(text)
    known = desk.town.house.keys.seal.known()
    assert any(jws.signed_by(text, one.public) for one in known)
    assert (header["typ"], payload["sub"]) == ("statuslist+jwt", place["uri"])
    bits = zlib.decompress(jws.decode(payload["status_list"]["lst"]))
    at = int(place["idx"]) * int(payload["status_list"]["bits"])
    mask = (1 << int(payload["status_list"]["bits"])) - 1
    return bits[at // 8] >> at % 8 & mask


def test_a_holder_chooses_a_licence_and_the_wallet_gets_it_bound_to_its_key(desk: Desk) -> None:
    (one,) = offerable(desk)
    assert one["licence_type"] == FOOD
    offer = offered(desk).json()
    wallet, house = Wallet(desk), desk.town.house
    credential = wallet.fetch(offer)
    opened = verify(credential, house.keys.seal.known(), NOW)
    assert opened.fields["ZZBH"] == "JY1360702k1"
    bound = jws.read(credential.partition("~")[0])[1]["cnf"]["jwk"]
    assert jws.key_of(bound) == wallet.key.public
    shown = present(credential, ["ZZMC"]).encode()
    assert verify_file(shown, trust_of(house), NOW).status == "valid"
    assert Platform(house).verify(shown)["status"] == "valid"
    assert state(desk, credential) == 0
    entry = desk.last()
    assert (entry["event"], entry["licence"]) == ("wallet.issued", one["wallet"])
    assert entry["key"] == wallet.key.public.key_id
    events = [one["event"] for one in desk.town.events()[-3:]]
    assert events == ["holder.shown", "wallet.offered", "wallet.issued"]
    seen = of_holder(house, desk.town.holder(WANG))
    assert ("wallet.issued", FOOD) in [(one.event, one.licence_type) for one in seen]
    said = json.dumps(desk.town.events(), ensure_ascii=False)
    assert not [one for one in (WANG, offer["pin"], offer["page"]) if one in said]
    kept = json.dumps(desk.town.query("SELECT * FROM certs.wallet_offer"), default=str)
    assert offer["page"].rpartition("/")[2] not in kept


def test_an_offer_is_taken_once_and_gives_one_credential(desk: Desk) -> None:
    offer, wallet = offered(desk).json(), Wallet(desk)
    path = urlsplit(offer["page"]).path
    assert desk.client.get(path).status_code == 200
    token = wallet.token(offer).json()["access_token"]
    assert wallet.token(offer).json()["error"] == "invalid_grant"
    assert desk.client.get(path).status_code == 404
    assert wallet.ask(token, wallet.proof(), "other").json()["error"] == (
        "unknown_credential_configuration"
    )
    assert wallet.ask(token, wallet.proof()).status_code == 200
    again = wallet.ask(token, wallet.proof())
    assert (again.status_code, again.json()["error"]) == (401, "invalid_token")


def test_many_who_ask_at_once_get_one_token_and_one_credential(desk: Desk) -> None:
    offer, wallet, house = offered(desk).json(), Wallet(desk), desk.town.house
    code = offer["page"].rpartition("/")[2]
    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(lambda _: taken(house, code, offer["pin"]), range(4)))
        (token,) = [one for one in tokens if isinstance(one, Token)]
        asked = Asked(token.token, "licence", wallet.proof())
        given = list(pool.map(lambda _: issue(house, asked), range(4)))
    assert sum(isinstance(one, str) for one in given) == 1
    assert desk.town.query("SELECT count(*) FROM certs.credential") == [(1,)]


def test_a_number_guessed_five_times_ends_the_offer(desk: Desk) -> None:
    offer, wallet = offered(desk).json(), Wallet(desk)
    wrong = "000000" if offer["pin"] != "000000" else "000001"
    for _ in range(5):
        assert wallet.token(offer, wrong).json()["error"] == "invalid_grant"
    assert wallet.token(offer).json()["error"] == "invalid_grant"


def test_an_offer_ends_after_ten_minutes_and_when_another_is_made(desk: Desk) -> None:
    first, second = offered(desk, "o1").json(), offered(desk, "o2").json()
    wallet = Wallet(desk)
    assert wallet.token(first).json()["error"] == "invalid_grant"
    desk.town.change("UPDATE certs.wallet_offer SET ends = ends - interval '10 minutes'")
    assert wallet.token(second).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"aud": "https://other.example"}, "invalid_proof"),
        ({"iat": int((NOW - timedelta(minutes=6)).timestamp())}, "invalid_proof"),
        ({"typ": "jwt"}, "invalid_proof"),
        ({"signer": new_signer()}, "invalid_proof"),
        ({"iat": "now"}, "invalid_proof"),
        ({"nonce": "x"}, "invalid_nonce"),
        ({"nonce": f"{int(NOW.timestamp())}.aa.{'0' * 32}"}, "invalid_nonce"),
        ({"nonce": 7}, "invalid_nonce"),
    ],
)
def test_who_does_not_prove_a_key_gets_nothing_and_may_ask_again(
    desk: Desk, over: dict[str, Any], error: str
) -> None:
    wallet = Wallet(desk)
    token = wallet.token(offered(desk).json()).json()["access_token"]
    assert wallet.ask(token, wallet.proof(**over)).json()["error"] == error
    assert wallet.ask(token, wallet.proof()).status_code == 200


@pytest.mark.parametrize(
    ("body", "token", "error"),
    [
        (b"{}", "t", "invalid_credential_request"),
        (b"[" * 50_000, "t", "invalid_credential_request"),
        (b'{"credential_configuration_id":1,"proofs":{"jwt":[2]}}', "t", "invalid_credential_req"),
        (b'{"credential_configuration_id":"licence","proofs":{"jwt":[]}}', "t", "invalid_creden"),
        (b'{"credential_configuration_id":"licence","proofs":{"jwt":["a"]}}', "t", "invalid_tok"),
        (b"{}", "", "invalid_token"),
    ],
)
def test_a_request_that_is_none_is_told_in_the_standards_words(
    desk: Desk, body: bytes, token: str, error: str
) -> None:
    head = {"authorization": f"Bearer {token}"} if token else {}
    answer = desk.client.post("/wallet/credential", content=body, headers=head)
    assert answer.json()["error"].startswith(error)
    assert answer.status_code == (401 if error.startswith("invalid_tok") else 400)
    other = desk.client.post("/wallet/token", data={"grant_type": "password"})
    assert other.json()["error"] == "unsupported_grant_type"
    empty = desk.client.post("/wallet/token", data={"grant_type": GRANT})
    assert empty.json()["error"] == "invalid_request"


def test_nobody_is_offered_another_ones_licence(desk: Desk) -> None:
    (mine,) = offerable(desk)
    assert offerable(desk, LI) == []
    refused = offered(desk, licence=mine["wallet"], holder_number=LI)
    assert (refused.status_code, refused.json()["reason"]) == (403, "licence_not_found")
    entry = desk.last()
    assert (entry["event"], entry["reason"]) == ("wallet.refused", "licence_not_found")


def test_a_revocation_ends_the_offer_stops_another_and_stands_in_the_list(desk: Desk) -> None:
    (mine,) = offerable(desk, nonce="before")
    credential = Wallet(desk).fetch(offered(desk, "o1", mine["wallet"]).json())
    token = Wallet(desk).token(offered(desk, "o2", mine["wallet"]).json()).json()["access_token"]
    desk.town.licence("k1", status="revoked")
    wallet = Wallet(desk)
    denied = wallet.ask(token, wallet.proof())
    assert (denied.status_code, denied.json()["error"]) == (403, "credential_request_denied")
    assert desk.last()["event"] == "wallet.refused"
    assert offered(desk, "o3", mine["wallet"]).status_code == 403
    assert offerable(desk, nonce="after") == []
    assert state(desk, credential) == 1
    verdict = Platform(desk.town.house).verify(present(credential, ["ZZMC"]).encode())
    assert (verdict["status"], verdict["genuine"]) == ("revoked", True)


def test_a_suspension_is_told_as_one_and_ends_with_its_end(desk: Desk) -> None:
    credential = Wallet(desk).fetch(offered(desk).json())
    desk.town.licence("k1", status="suspended")
    publish_system(desk.town.house, "sc_food", "r2")
    assert state(desk, credential) == 2
    assert Platform(desk.town.house).verify(credential.encode())["status"] == "suspended"


def test_who_was_erased_holds_nothing_that_counts_and_the_other_holder_does(desk: Desk) -> None:
    desk.town.licence("k1", co_holder=LI)
    publish_system(desk.town.house, "sc_food", "r2")
    credential = Wallet(desk).fetch(offered(desk).json())
    with desk.town.house.engine.begin() as conn:
        assert destroy_keys(conn, desk.town.holder(WANG), NOW).closed == 0
    assert state(desk, credential) == 1
    assert len(offerable(desk, LI)) == 1


def test_a_list_holds_each_credential_at_its_own_place() -> None:
    states = {0: 1, 1: 2, 3: 1, 4: 2, 65_535: 2}
    made = packed(states)
    for place in (*states, 2, 5, 65_534):
        at = place * BITS
        assert made[at // 8] >> at % 8 & 3 == states.get(place, 0)


def test_a_list_that_is_not_there_is_not_found(desk: Desk) -> None:
    for number in ("1", "-1", "x", "9" * 10, "²"):
        assert desk.client.get(f"/wallet/statuses/{number}").status_code == 404
    assert desk.client.get("/wallet/statuses/0").status_code == 200


def test_what_ends_soon_lives_no_longer_in_a_wallet(desk: Desk) -> None:
    desk.town.licence("k1", valid_to=date(2026, 11, 25))
    publish_system(desk.town.house, "sc_food", "r2")
    opened = verify(
        Wallet(desk).fetch(offered(desk).json()), desk.town.house.keys.seal.known(), NOW
    )
    assert opened.ends.date() <= date(2026, 11, 26)
