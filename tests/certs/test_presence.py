"""The identity service's signed result: fresh, of the case, once, never an image."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certs.licences.publish import publish_system
from certs.rights import consents
from certs.rights.acting import Mandate
from certs.rights.presences import SENTENCES
from connectors.signatures import hmac_sha256
from kernel import sm2
from kernel.canonical import canonical
from kernel.errors import BadInput, NotAuthorised, Refused
from kernel.signers.public import ECDSA, of_p256, of_sm2
from pipeline import share
from pipeline.rights import Rights
from tests.certs.town import LI, NOW, WANG, Town

KEY = ec.generate_private_key(ec.SECP256R1())
MEDICAL = "医疗保障电子凭证"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
Sign = Callable[[bytes], bytes]


def by_p256(message: bytes) -> bytes:
    return KEY.sign(message, ECDSA)


def result(sign: Sign = by_p256, **over: Any) -> bytes:
    said = {
        "format": "zhongtai-presence-1", "service": "jiangxi", "case": "C1", "kind": "person",
        "number": WANG, "level": 3, "method": "face", "at": NOW.isoformat(), "nonce": "n1", **over,
    }  # fmt: skip
    return json.dumps(
        {**said, "signature": base64.b64encode(sign(canonical(said))).decode()}
    ).encode()


@pytest.fixture
def desk(city: Town) -> Town:
    """C1 asks for a type that needs consent; an agent under a mandate came for it."""
    city.waive(MEDICAL)
    city.material("M2", [MEDICAL])
    city.licence("m1", WANG, type=MEDICAL, system="yb_insurance")
    city.complete("yb_insurance")
    publish_system(city.house, "yb_insurance", "r1")
    city.house.secrets.put("IDENTITY_KEY_JIANGXI", of_p256(KEY.public_key()).pem())
    rights, day = Rights(city.house), NOW.date()
    mandate = Mandate(("FOOD",), day, day, "委托书一号")
    rights.came(city.account(), "C1", ("person", LI))
    rights.let_act(city.account(), "C1", ("person", LI), mandate)
    return city


def code_shown(desk: Town) -> None:
    with desk.house.engine.begin() as conn:
        holder = desk.holder(WANG)
        made = consents.make_code(desk.house, conn, "C1", holder, [MEDICAL], "give")
    Rights(desk.house).use_code(desk.account(), "C1", made.code)


def fetch(desk: Town) -> str | None:
    """The reason of a refusal; None: the copy came."""
    try:
        share.fetch(desk.house, desk.account(), "C1", "M2", "prove")
    except Refused as refused:
        return str(refused.facts["reason"])
    return None


def test_a_code_that_an_agent_brought_counts_once_its_holder_was_proved(desk: Town) -> None:
    code_shown(desk)
    assert fetch(desk) == "presence_missing"
    made = Rights(desk.house).presence(desk.account(), "C1", result())
    assert (made.case, made.service, made.level, made.method) == ("C1", "jiangxi", 3, "face")
    assert fetch(desk) is None
    proved = [one for one in desk.events() if one["event"] == "presence.proved"]
    assert [one["holder"] for one in proved] == [desk.holder(WANG)]
    said = json.dumps(desk.events()) + str(desk.query("SELECT * FROM certs.presence"))
    assert WANG not in said


def test_the_holder_at_the_window_needs_no_proof(desk: Town) -> None:
    Rights(desk.house).came(desk.account(), "C1", None)
    code_shown(desk)
    assert fetch(desk) is None


def test_another_persons_presence_does_not_help(desk: Town) -> None:
    code_shown(desk)
    Rights(desk.house).presence(desk.account(), "C1", result(number=LI))
    assert fetch(desk) == "presence_missing"


def other(message: bytes) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).sign(message, ECDSA)


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("presence_signature", result(other)),
        ("presence_signature", result(lambda _: b"x")),
        ("presence_signature", result().replace(b'"level": 3', b'"level": 4')),
        ("presence_signature", result(service="hunan")),
        ("presence_other_case", result(case="C2")),
        ("presence_stale", result(at=(NOW - timedelta(minutes=5, seconds=1)).isoformat())),
        ("presence_stale", result(at=(NOW + timedelta(minutes=1)).isoformat())),
        ("presence_level", result(level=2)),
        ("presence_level", result(method="password")),
        ("image_in_body", PNG),
        ("image_in_body", result(photo=base64.b64encode(PNG).decode())),
        ("image_in_body", result(photo="data:image/png;base64,AA")),
        ("image_in_body", result(photo={"image": "AA"})),
        ("image_in_body", b"{" + b" " * 5000 + b"}"),
        ("image_in_body", b"[" * 3000),
    ],
)
def test_what_does_not_count_is_refused_on_record_and_nothing_is_kept(
    desk: Town, reason: str, data: bytes
) -> None:
    with pytest.raises(Refused) as told:
        Rights(desk.house).presence(desk.account(), "C1", data)
    assert told.value.facts["reason"] == reason
    assert str(told.value) == SENTENCES[reason]
    refused = [one for one in desk.events() if one["event"] == "presence.refused"]
    assert [one["reason"] for one in refused] == [reason]
    assert desk.query("SELECT count(*) FROM certs.presence") == [(0,)]


def test_a_result_is_used_once(desk: Town) -> None:
    rights = Rights(desk.house)
    rights.presence(desk.account(), "C1", result())
    with pytest.raises(Refused) as told:
        rights.presence(desk.account(), "C1", result())
    assert told.value.facts["reason"] == "presence_used"
    rights.presence(desk.account(), "C1", result(nonce="n2"))


@pytest.mark.parametrize(
    ("data", "has"),
    [
        (b"[]", "JSON object"),
        (b"{}", "exactly"),
        (result(more="x"), "exactly"),
        (result(level="3"), "1 to 9"),
        (result(level=True), "1 to 9"),
        (result(service="../x"), "1 to 9"),
        (result(level=10**12), "1 to 9"),
        (result(nonce="\x00"), "1 to 9"),
        (result(nonce=""), "1 to 9"),
        (result(kind="car"), "person or organisation"),
        (result(at="now"), "no ISO time"),
        (result(at="2026-11-23T08:00:00"), "needs its zone"),
    ],
)
def test_what_is_no_result_is_one_sentence(desk: Town, data: bytes, has: str) -> None:
    with pytest.raises(BadInput, match=has):
        Rights(desk.house).presence(desk.account(), "C1", data)


def test_who_may_not_plan_the_case_brings_no_result(desk: Town) -> None:
    with pytest.raises(Refused) as told:
        Rights(desk.house).presence(desk.account("clerk2"), "C1", result())
    assert told.value.facts["reason"] == "case_not_assigned"
    with pytest.raises(NotAuthorised):
        Rights(desk.house).proved({}, result())


def test_a_service_that_signs_with_sm2_is_believed_by_its_key(desk: Town) -> None:
    private = sm2.new_key()
    desk.house.secrets.put("IDENTITY_KEY_HUBEI", of_sm2(sm2.public_of(private)).pem())
    data = result(lambda message: sm2.sign(private, message), service="hubei")
    assert Rights(desk.house).presence(desk.account(), "C1", data).service == "hubei"


def window_call(desk: Town, body: bytes, nonce: str) -> dict[str, str]:
    """The headers of a call of the one-window."""
    desk.house.secrets.put("WINDOW_ID", "window")
    desk.house.secrets.put("WINDOW_SECRET", "secret")
    at = str(int(NOW.timestamp() * 1000))
    text = f"window{at}{nonce}{hashlib.sha256(body).hexdigest()}"
    signed = hmac_sha256("secret", text.encode())
    return {
        "x-app-id": "window", "x-timestamp": at, "x-nonce": nonce, "x-signature": signed,
    }  # fmt: skip


def test_the_app_carries_a_result_into_the_case_that_it_names(desk: Town) -> None:
    code_shown(desk)
    data = result()
    made = Rights(desk.house).proved(window_call(desk, data, "w1"), data)
    assert made.case == "C1"
    assert fetch(desk) is None
    unknown = result(case="C9", nonce="n2")
    with pytest.raises(BadInput, match="no case"):
        Rights(desk.house).proved(window_call(desk, unknown, "w2"), unknown)


def test_a_holder_sees_who_looked_after_proving_to_be_there(desk: Town) -> None:
    rights = Rights(desk.house)
    rights.came(desk.account(), "C1", None)
    code_shown(desk)
    assert fetch(desk) is None
    data = result(case="holder", nonce="n5")
    seen = rights.looks(window_call(desk, data, "w1"), data)
    assert [one.event for one in seen] == ["look.granted"]
    assert desk.events()[-1]["event"] == "holder.shown"
    for wrong, reason in ((data, "presence_used"), (result(), "presence_other_case")):
        with pytest.raises(Refused) as told:
            rights.looks(window_call(desk, wrong, "w" + reason), wrong)
        assert told.value.facts["reason"] == reason
    nobody = result(case="holder", nonce="n6", number=LI)
    assert rights.looks(window_call(desk, nobody, "w9"), nobody) == []


def test_a_result_for_a_session_proves_nothing_in_a_case(desk: Town) -> None:
    with pytest.raises(Refused) as told:
        Rights(desk.house).presence(desk.account(), "C1", result(case="holder"))
    assert told.value.facts["reason"] == "presence_other_case"
