"""Events, lists and results in the gm profile: HMAC-SM3 and SM2, and nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs.events import message, stream
from certs.events.kinds import Position
from certs.licences.publish import publish_system
from kernel import sm2
from kernel.errors import BadInput, Refused
from kernel.keys import load_keys, make_keys
from kernel.profile import GM
from kernel.signers.public import of_p256, of_sm2
from pipeline.outside import Outside
from pipeline.rights import Rights
from tests.certs import test_issuer_lists as lists
from tests.certs import test_presence
from tests.certs.receiver import KEY, SECRET
from tests.certs.town import NOW, Town


@pytest.fixture
def gm(town: Town, tmp_path: Path) -> Town:
    """A town of the gm profile with one published licence."""
    make_keys(tmp_path, GM)
    standard = town.house
    engine = standard.engine.execution_options(profile="gm")
    settings = replace(standard.settings, home=tmp_path, crypto="gm")
    made = replace(standard, engine=engine, settings=settings, keys=load_keys(tmp_path, GM))
    mine = Town(made)
    mine.open()
    mine.licence("k0")
    publish_system(mine.house, "sc_food", "r1")
    return mine


def test_a_message_is_signed_by_hmac_sm3(gm: Town) -> None:
    with gm.house.engine.connect() as conn:
        (event,), _ = stream.read(conn, Position(0, 0))
    body = message.body(gm.house, 1, event)
    head = message.headers(gm.house, SECRET, event, body, NOW)
    made = HMAC(KEY, hashes.SM3())
    made.update(f"{event.id}.{int(NOW.timestamp())}.".encode() + body)
    wanted = base64.b64encode(made.finalize()).decode()
    assert head["webhook-signature"] == f"v1sm3,{wanted}"


def test_a_list_or_a_result_signed_with_p256_is_not_believed(gm: Town) -> None:
    key = lists.KEY.public_key()
    public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    gm.house.secrets.put("TRUST_LIST_KEY_NATIONAL", public)
    gm.house.secrets.put("IDENTITY_KEY_JIANGXI", of_p256(test_presence.KEY.public_key()).pem())
    with pytest.raises(BadInput, match="is SM2"):
        Outside(gm.house).take(lists.OPS, lists.signed(lists.issuers()))
    with pytest.raises(Refused) as told:
        Rights(gm.house).presence(gm.account(), "C1", test_presence.result())
    assert told.value.facts["reason"] == "presence_signature"


def test_a_result_signed_with_sm2_is(gm: Town) -> None:
    private = sm2.new_key()
    gm.house.secrets.put("IDENTITY_KEY_JIANGXI", of_sm2(sm2.public_of(private)).pem())
    data = test_presence.result(lambda text: sm2.sign(private, text))
    assert Rights(gm.house).presence(gm.account(), "C1", data).case == "C1"
