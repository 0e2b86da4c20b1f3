"""SD-JWT credentials: what the holder leaves out stays unknown; what is shown was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from certs.seals.trust import Trust
from certs.seals.x509 import SEALS, Wanted, issue
from certs.verifying.file import verify_bytes
from certs.wallet import jws
from certs.wallet.credential import Issuer, digest_of, present, sd_jwt
from certs.wallet.opening import Asked, Changed, Stranger, Unreadable, verify
from kernel import sm2
from kernel.errors import BadInput, PersonMustAct
from kernel.signers.public import Signer
from kernel.signers.ring import KnownKey
from kernel.signers.software import P256File, Sm2File

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REFERENCE = Path(__file__).parent / "data" / "sd_jwt_reference.json"
DOCUMENT = {
    "format": "zhongtai-licence-1",
    "ZZMC": "食品经营许可证",
    "ZZBH": "JY13607020001",
    "CZZT": "王小明",
    "KZ_经营项目": "热食类食品制售",
    "ZZYXQJZRQ": "2029-01-01",
    "standing": "data only",
    "status": "valid",
    "version": 1,
    "provenance": {"system": "sc_food"},
    "blind": "00" * 16,
}


def new_signer() -> P256File:
    return P256File(ec.generate_private_key(ec.SECP256R1()))


def issuer_of(signer: Signer) -> Issuer:
    wanted = Wanted("test", signer.public, NOW, NOW + timedelta(days=900), (SEALS,), ca=False)
    certificate = x509.load_der_x509_certificate(issue(wanted, "test", signer))
    return Issuer("https://zt.example", signer, certificate)


SIGNER, HOLDER = new_signer(), new_signer()
ISSUER = issuer_of(SIGNER)
KEYS = (KnownKey(SIGNER.public),)
ASKED = Asked("n-1", "https://window.example")
FIELDS = ("ZZMC", "ZZBH", "CZZT", "KZ_经营项目", "ZZYXQJZRQ")


def issued(**over: Any) -> str:
    return sd_jwt({**DOCUMENT, **over}, None, ISSUER, HOLDER.public, NOW)


def bind(shown: str, **over: Any) -> str:
    """The presentation with the wallet's signature, as a wallet makes it."""
    said = {
        "iat": int(NOW.timestamp()),
        "nonce": ASKED.nonce,
        "aud": ASKED.audience,
        "sd_hash": jws.encode(hashlib.sha256(shown.encode()).digest()),
        **over,
    }
    signer = said.pop("signer", HOLDER)
    return shown + jws.sign({"typ": said.pop("typ", "kb+jwt")}, said, signer)


def test_the_digest_of_a_disclosure_is_the_standards() -> None:
    """RFC 9901, 4.2.1 and 4.2.3: the field family_name."""
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest_of(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_what_the_reference_wrote_is_read() -> None:
    said = json.loads(REFERENCE.read_text("utf-8"))
    keys = (KnownKey(jws.key_of(said["issuer_key"])),)
    at = datetime.fromtimestamp(said["presented_at"], UTC)
    opened = verify(said["presented"], keys, at, Asked(said["nonce"], said["audience"]))
    assert (opened.fields, opened.bound) == ({"ZZMC": "食品经营许可证"}, True)
    whole = verify(said["issued"], keys, at)
    assert (len(whole.fields), whole.bound, whole.standing) == (3, False, "data only")


def test_a_holder_shows_one_field_and_the_others_stay_unknown() -> None:
    shown = present(issued(), ["ZZMC"])
    opened = verify(shown, KEYS, NOW)
    assert opened.fields == {"ZZMC": "食品经营许可证"}
    hidden = jws.decode(shown.split(".")[1]).decode()
    for value in ("王小明", "JY13607020001", "热食类食品制售", "sc_food", "00" * 16):
        assert value not in hidden
    assert set(verify(issued(), KEYS, NOW).fields) == set(FIELDS)


def test_two_credentials_of_one_licence_share_no_digest() -> None:
    first, second = (jws.read(issued().split("~")[0])[1]["_sd"] for _ in range(2))
    assert not set(first) & set(second)
    assert first == sorted(first)


def test_only_the_chosen_fields_are_in_it() -> None:
    made = sd_jwt(DOCUMENT, ["ZZMC", "ZZBH"], ISSUER, None, NOW)
    assert set(verify(made, KEYS, NOW).fields) == {"ZZMC", "ZZBH"}
    for wrong in ("nothing", "blind", "provenance", "status"):
        with pytest.raises(BadInput, match=wrong):
            sd_jwt(DOCUMENT, [wrong], ISSUER, None, NOW)
    with pytest.raises(BadInput, match="CZZT"):
        present(made, ["CZZT"])


@pytest.mark.parametrize(
    ("over", "days"),
    [({}, 30), ({"ZZYXQJZRQ": None}, 30), ({"ZZYXQJZRQ": "2026-11-25"}, 2 + 8 / 24)],
)
def test_it_lives_for_days_and_no_longer_than_the_licence(over: Any, days: float) -> None:
    given = {name: value for name, value in {**DOCUMENT, **over}.items() if value is not None}
    opened = verify(sd_jwt(given, None, ISSUER, None, NOW), KEYS, NOW)
    assert abs((opened.ends - opened.issued).total_seconds() / 86400 - days) < 0.01


@pytest.mark.parametrize("over", [{"status": "revoked"}, {"ZZYXQJZRQ": "2026-11-22"}])
def test_what_is_not_valid_becomes_no_credential(over: Any) -> None:
    with pytest.raises(BadInput, match="valid"):
        issued(**over)


def test_the_holder_answers_the_verifier() -> None:
    shown = present(issued(), ["ZZMC"])
    assert verify(bind(shown), KEYS, NOW, ASKED).bound
    assert verify(bind(shown), KEYS, NOW + timedelta(days=2)).bound
    with pytest.raises(Changed, match="did not sign"):
        verify(shown, KEYS, NOW, ASKED)


@pytest.mark.parametrize(
    "over",
    [
        {"nonce": "n-2"},
        {"aud": "https://other.example"},
        {"sd_hash": "x"},
        {"typ": "jwt"},
        {"signer": new_signer()},
        {"iat": int((NOW - timedelta(minutes=6)).timestamp())},
    ],
)
def test_an_answer_to_another_question_is_refused(over: Any) -> None:
    with pytest.raises(Changed, match="holder's signature"):
        verify(bind(present(issued(), ["ZZMC"]), **over), KEYS, NOW, ASKED)


def test_a_credential_bound_to_nobody_takes_no_binding() -> None:
    made = sd_jwt(DOCUMENT, ["ZZMC"], ISSUER, None, NOW)
    with pytest.raises(Changed):
        verify(bind(made), KEYS, NOW)


def added(name: str, value: str) -> str:
    return jws.encode(json.dumps(["salt", name, value]).encode()) + "~"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda one: one + added("CZZT", "李四"), Changed),
        (lambda one: one + one.split("~")[1] + "~", Changed),
        (lambda one: one.replace("~", "~" + jws.encode(b"[]") + "~", 1), Changed),
        (lambda one: one.replace("~", "~%%~", 1), Unreadable),
        (lambda one: one.rstrip("~"), Changed),
        (lambda one: "~" + one, Unreadable),
        (lambda one: one.replace(".", "..", 1), Unreadable),
        (lambda one: "eyJhbGciOiJub25lIn0" + one[one.index(".") :], Unreadable),
    ],
)
def test_what_was_not_signed_is_refused(change: Callable[[str], str], error: type) -> None:
    with pytest.raises(error):
        verify(change(present(issued(), ["ZZMC"])), KEYS, NOW)


def test_another_key_or_another_time_of_it_is_a_stranger() -> None:
    for known in (
        KnownKey(new_signer().public),
        KnownKey(SIGNER.public, until=NOW - timedelta(days=1)),
    ):
        with pytest.raises(Stranger):
            verify(issued(), (known,), NOW)


def test_the_gm_profile_issues_none() -> None:
    signer = Sm2File(sm2.new_key())
    with pytest.raises(PersonMustAct, match="wallets know no SM2"):
        sd_jwt(DOCUMENT, None, Issuer("https://zt.example", signer, ISSUER.certificate), None, NOW)


def test_any_files_verdict_knows_credentials() -> None:
    trust, text = Trust((), KEYS), present(issued(), ["ZZMC"]).encode()
    found = verify_bytes(text, trust, NOW)
    assert (found.status, found.genuine, found.kind) == ("valid", True, "licence")
    assert found.about == {"standing": "data only", "licence_type": "食品经营许可证"}
    assert verify_bytes(text, trust, NOW + timedelta(days=31)).status == "expired"
    assert verify_bytes(text, Trust((), ()), NOW).status == "unknown_issuer"
    assert verify_bytes(text + b"W10~", trust, NOW).status == "changed"
    assert verify_bytes(b"eyJ~", trust, NOW).status == "unreadable"


TEXT = present(issued(), ["ZZMC", "CZZT"])


@given(st.integers(0, len(TEXT) - 2), st.sampled_from("~.AZaz09-_=+/ {"))
def test_no_changed_letter_passes(place: int, letter: str) -> None:
    changed = TEXT[:place] + letter + TEXT[place + 1 :]
    if changed != TEXT:
        assert not verify_bytes(changed.encode(), Trust((), KEYS), NOW).genuine
