"""Issuers outside: a signed list that ends, and what it makes of a file."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs.seals.outside import trust_with_outside
from certs.verifying.file import verify_bytes
from certs.verifying.finding import LAPSED, STRANGER
from kernel.canonical import canonical
from kernel.errors import BadInput, Refused
from kernel.signers.public import ECDSA
from pipeline.outside import Outside
from registry.accounts import Account
from tests.certs.town import NOW, Town

VECTORS = Path(__file__).parent / "data" / "vectors"
OPS = Account("ops", "运维", "ops", None, ())
KEY = ec.generate_private_key(ec.SECP256R1())
TYPE = "食品经营许可证"


def issuer(name: str, **over: Any) -> dict[str, Any]:
    text = (VECTORS / "trust" / name).read_text()
    days = {"valid_from": "2020-01-01T00:00:00+08:00", "valid_to": "2030-01-01T00:00:00+08:00"}
    about = {"name": name, "place": "江西省", "certificate": text, "state": "granted"}
    return {**about, **days, **over}


def signed(
    issuers: list[dict[str, Any]], key: ec.EllipticCurvePrivateKey = KEY, **over: Any
) -> bytes:
    said = {
        "format": "zhongtai-issuers-1", "authority": "national", "sequence": 1,
        "issued_at": (NOW - timedelta(days=1)).isoformat(),
        "next_update": (NOW + timedelta(days=30)).isoformat(), "issuers": issuers, **over,
    }  # fmt: skip
    signature = base64.b64encode(key.sign(canonical(said), ECDSA)).decode()
    return json.dumps({**said, "signature": signature}, ensure_ascii=False).encode()


@pytest.fixture
def outside(city: Town) -> Outside:
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    city.house.secrets.put("TRUST_LIST_KEY_NATIONAL", public.decode())
    return Outside(city.house)


def issuers() -> list[dict[str, Any]]:
    return [issuer(one.name) for one in sorted((VECTORS / "trust").glob("*.pem"))]


def verdict(town: Town, at: datetime = NOW) -> Any:
    file = (VECTORS / "ofd" / "ofdrw-sign__allprotected.ofd").read_bytes()
    return verify_bytes(file, trust_with_outside(replace(town.house, clock=lambda: at)), at)


def test_a_list_makes_an_issuer_known_until_its_next_update_is_due(
    city: Town, outside: Outside
) -> None:
    assert (verdict(city).issuer_known, verdict(city).reason) == (False, STRANGER)
    taken = outside.take(OPS, signed(issuers()))
    assert (taken.sequence, taken.recognised, taken.expired) == (1, len(issuers()), False)
    assert (verdict(city).issuer_known, verdict(city).status) == (True, "valid")
    late = NOW + timedelta(days=30)
    assert (verdict(city, late).issuer_known, verdict(city, late).reason) == (False, LAPSED)
    city.at(late)
    (shown,) = Outside(city.house).lists()
    assert (shown.expired, shown.recognised) == (True, 0)


def test_who_is_withdrawn_or_not_yet_or_no_longer_in_it_is_not_known(
    city: Town, outside: Outside
) -> None:
    for number, over in enumerate(
        (
            {"state": "withdrawn"},
            {"valid_from": "2029-01-01T00:00:00Z"},
            {"valid_to": "2026-01-01T00:00:00Z"},
        ),
        2,
    ):
        made = [{**one, **over} for one in issuers()]
        assert outside.take(OPS, signed(made, sequence=number)).recognised == 0
        assert verdict(city).issuer_known is False
    assert outside.take(OPS, signed(issuers(), sequence=9)).recognised == len(issuers())
    assert verdict(city).issuer_known is True


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"sequence": 4}, "list_older"),
        ({"sequence": 5}, "list_older"),
        ({"next_update": NOW.isoformat(), "sequence": 6}, "list_expired"),
        (
            {
                "issued_at": (NOW + timedelta(minutes=1)).isoformat(),
                "next_update": (NOW + timedelta(days=1)).isoformat(),
                "sequence": 6,
            },
            "list_not_yet",
        ),
        ({"key": ec.generate_private_key(ec.SECP256R1()), "sequence": 6}, "list_signature"),
    ],
)
def test_a_list_that_must_not_count_is_refused_on_record_and_changes_nothing(
    city: Town, outside: Outside, over: dict[str, Any], reason: str
) -> None:
    first = signed(issuers(), sequence=5)
    outside.take(OPS, first)
    assert outside.take(OPS, first).sequence == 5  # the same again is no roll-back
    with pytest.raises(Refused) as told:
        outside.take(OPS, signed(issuers()[:1], **over))
    assert told.value.facts["reason"] == reason
    last = city.events()[-1]
    assert (last["event"], last["reason"]) == ("trust.refused", reason)
    assert [one.issuers for one in outside.lists()] == [len(issuers())]


def test_one_changed_byte_of_a_list_is_refused(city: Town, outside: Outside) -> None:
    whole = signed(issuers())
    for old, new in (("granted", "withdrawn"), ("江西省", "某某省"), ("2030-", "2031-")):
        with pytest.raises(Refused, match="not signed by national"):
            outside.take(OPS, whole.replace(old.encode(), new.encode(), 1))
    assert outside.lists() == []


@pytest.mark.parametrize(
    ("data", "has"),
    [
        (b"", "no signed list"),
        (b"[" * 100_000, "no signed list"),
        (b"[]", "no signed list"),
        (b'{"signature": "%%", "authority": "national"}', "no signed list"),
        (b"\xff\xfe{\x00}\x00", "no signed list"),
        (b'{"signature": "", "authority": "\\ud800"}', "no signed list"),
        (signed([issuer("ofdrw-root.pem")], next_update="0001-01-01T00:00:00+08:00"), "no ISO"),
        (signed([]), "names 1 to"),
        (signed([issuer("ofdrw-root.pem", certificate="x")]), "no certificate in PEM"),
        (signed([issuer("ofdrw-root.pem", state="maybe")]), "granted or withdrawn"),
        (signed([issuer("ofdrw-root.pem", more=1)]), "exactly certificate"),
        (signed([issuer("ofdrw-root.pem", valid_to="2030-01-01T00:00:00")]), "needs its zone"),
        (signed([issuer("ofdrw-root.pem")], next_update="soon"), "no ISO time"),
        (signed([issuer("ofdrw-root.pem")], sequence=True), "whole number"),
        (signed([issuer("ofdrw-root.pem")], more=1), "has exactly"),
        (signed([issuer("ofdrw-root.pem")], authority="../x"), "has exactly"),
    ],
)
def test_a_list_of_another_form_is_one_sentence(
    city: Town, outside: Outside, data: bytes, has: str
) -> None:
    with pytest.raises(BadInput, match=has):
        outside.take(OPS, data)


def test_an_authority_without_a_key_here_is_refused_by_name(city: Town, outside: Outside) -> None:
    with pytest.raises(Refused, match="TRUST_LIST_KEY_HUNAN"):
        outside.take(OPS, signed(issuers(), authority="hunan"))
    assert city.events()[-1]["reason"] == "list_signature"


def test_only_operations_and_the_bureau_take_lists(city: Town, outside: Outside) -> None:
    with pytest.raises(Refused):
        outside.take(city.account(), signed(issuers()))
    assert city.events()[-1]["reason"] == "role"


def test_a_licence_from_outside_is_graded_at_the_window(city: Town, outside: Outside) -> None:
    city.material("M1", [TYPE])
    pdf = (VECTORS / "pdf" / "sig-no-signed-attrs.pdf").read_bytes()
    clerk = city.account()
    before = outside.recognise(clerk, "C1", TYPE, pdf, None)
    assert (before.grade, before.scan) == ("C", None)
    outside.take(OPS, signed(issuers()))
    made = outside.recognise(clerk, "C1", TYPE, pdf, None)
    assert (made.grade, made.verdict.issuer_known) == ("A", True)
    assert city.query("SELECT id, licence_type FROM certs.scan") == [(made.scan, TYPE)]
    changed = outside.recognise(clerk, "C1", TYPE, pdf.replace(b"obj", b"obJ", 1), None)
    assert (changed.grade, changed.scan) == ("C", None)
    ofd = (VECTORS / "ofd" / "ofdrw-sign__DigitalSign.ofd").read_bytes()
    assert outside.recognise(clerk, "C1", TYPE, ofd, None).grade == "A"
    with pytest.raises(Refused):
        outside.recognise(city.account("clerk2"), "C1", TYPE, pdf, None)
    kinds = [one["kind"] for one in city.events() if one["event"] == "file.recognised"]
    assert kinds == ["grade_c", "grade_a", "grade_c", "grade_a"]


def test_vectors_are_what_the_list_is_made_of() -> None:
    for one in issuers():
        assert x509.load_pem_x509_certificate(one["certificate"].encode())
