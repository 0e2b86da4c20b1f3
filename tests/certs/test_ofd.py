"""Seals of OFDs: sound as they are, and broken by any change of what they protect."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from certs.seals.trust import Trust
from certs.verifying.file import verify_bytes, verify_file, with_folder
from certs.verifying.verdict import Verdict
from kernel import sm2
from tests.certs import sealer
from tests.certs.sealer import Person, certify, unzipped, zipped

VECTORS = Path(__file__).parent / "data" / "vectors"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOBODY = Trust((), ())
FOLDER = "Doc_0/Signs/Sign_0"
SIGNED_VALUE, SEAL = f"{FOLDER}/SignedValue.dat", f"{FOLDER}/Seal.esl"

ROOT = certify("根", authority=True)
MAKER = certify("制章人", ROOT, serial=2)
SIGNER = certify("签章人", ROOT, serial=3)


def trusting(*people: Person) -> Trust:
    return Trust((), (), tuple(x509.load_der_x509_certificate(one.certificate) for one in people))


def vectors() -> list[tuple[str, str]]:
    with (VECTORS / "ofd.csv").open(encoding="utf-8") as file:
        return [(row["file"], row["verdict"]) for row in csv.DictReader(file)]


def verdict_of(data: bytes, trust: Trust = NOBODY) -> Verdict:
    return verify_bytes(data, trust, NOW)


@pytest.mark.parametrize(("file", "verdict"), vectors())
def test_every_vector_has_the_verdict_of_its_column(file: str, verdict: str) -> None:
    found = verify_file(VECTORS / "ofd" / file, with_folder(NOBODY, VECTORS / "trust"), NOW)
    assert f"{found.untouched} {found.status} {found.issuer_known}" == verdict


def stamped(
    kind: str, content: bytes, seal: bytes, about: str = f"/{FOLDER}/Signature.xml"
) -> bytes:
    """The signed value of a kind."""
    if kind in {"cms", "gb35275"}:
        return sealer.signed_data(SIGNER, ROOT, content, gb=kind == "gb35275")
    make = sealer.stamp_v1 if kind == "v1" else sealer.stamp_v4
    return make(SIGNER, seal, content, about)


def package(kind: str, plain: Mapping[str, bytes] = sealer.PLAIN) -> dict[str, bytes]:
    """A sealed package of a kind: v4, v4-digests, v1, cms, gb35275."""
    sealed = kind in {"v4", "v4-digests", "v1"}
    seal = sealer.seal_for(MAKER, SIGNER, v1=kind == "v1", digests=kind == "v4-digests")
    members = {**plain, **({SEAL: seal} if sealed else {})}
    content = sealer.signature_xml(members, FOLDER, with_seal=sealed)
    return {
        **members,
        f"{FOLDER}/Signature.xml": content,
        SIGNED_VALUE: stamped(kind, content, seal),
        "Doc_0/Signs/Signatures.xml": sealer.signatures_xml([FOLDER]),
    }


KINDS = ("v4", "v4-digests", "v1", "cms", "gb35275")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_seal_is_sound_as_it_is_made(kind: str) -> None:
    data = zipped(package(kind))
    assert verdict_of(data, trusting(ROOT)) == Verdict(True, "valid", True, "ofd", None)
    assert verdict_of(data).as_json() == {
        "untouched": True,
        "status": "unknown_issuer",
        "issuer_known": False,
        "kind": "ofd",
        "reason": "文件未被改动，但签章机构不在信任列表中。",
    }


def changes(content: bytes, steps: int) -> Iterator[bytes]:
    """The content with one byte changed, at up to so many places, in two ways."""
    for at in range(0, len(content), max(1, len(content) // steps)):
        for mask in (0x01, 0x80):
            changed = bytearray(content)
            changed[at] ^= mask
            yield bytes(changed)
    yield content[:-1]
    yield content + b"\0"
    yield b""


def protected(members: Mapping[str, bytes]) -> list[str]:
    """What a seal protects: all but the list of seals, where that is not protected itself."""
    return [name for name in members if not name.endswith("Signatures.xml")]


def assert_any_change_is_seen(members: dict[str, bytes], trust: Trust, steps: int) -> int:
    tried = 0
    for name in protected(members):
        for changed in changes(members[name], steps):
            found = verdict_of(zipped({**members, name: changed}), trust)
            assert found.untouched is False, (name, found)
            tried += 1
    return tried


@pytest.mark.parametrize("file", ["ofdrw-reader__SESV4SignDoc.ofd", "ofdrw-sign__allprotected.ofd"])
def test_any_change_of_a_vector_is_seen(file: str) -> None:
    members = unzipped((VECTORS / "ofd" / file).read_bytes())
    tried = assert_any_change_is_seen(members, NOBODY, 60)
    assert tried > 8 * 60


@pytest.mark.parametrize("kind", KINDS)
def test_any_changed_byte_of_a_signed_value_is_seen(kind: str) -> None:
    """Every byte of it: what a change could be hidden in is what no signature is of."""
    members = package(kind)
    value = members[SIGNED_VALUE]
    missed = []
    for at in range(len(value)):
        changed = bytearray(value)
        changed[at] ^= 0x01
        found = verdict_of(zipped({**members, SIGNED_VALUE: bytes(changed)}), trusting(ROOT))
        assert not found.genuine
        if found.untouched is not False:
            missed.append(at)
    # A certificate in a signed data is bound by its issuer only: changed, it is nobody's.
    start = value.find(SIGNER.certificate)
    own = range(start, start + len(SIGNER.certificate)) if kind in {"cms", "gb35275"} else ()
    assert set(missed) <= set(own)


@pytest.mark.parametrize("extra", ["Doc_0/Pages/Page_1/Content.xml", "Doc_1/Document.xml", "a.exe"])
def test_a_member_that_is_put_in_is_seen(extra: str) -> None:
    found = verdict_of(zipped({**package("v4"), extra: b"<x/>"}), trusting(ROOT))
    assert (found.untouched, found.status) == (False, "changed")
    assert found.reason == "文件包中有 1 个文件不在签章保护之内，可能是盖章之后加入的。"


@pytest.mark.parametrize(
    "name", [SIGNED_VALUE, SEAL, "Doc_0/Document.xml", f"{FOLDER}/Signature.xml"]
)
def test_a_member_that_is_taken_out_is_seen(name: str) -> None:
    members = package("v4")
    del members[name]
    assert verdict_of(zipped(members)).untouched is False


def test_a_seal_that_no_list_names_is_seen() -> None:
    members = {**package("v4"), "Doc_0/Signs/Signatures.xml": sealer.signatures_xml([])}
    found = verdict_of(zipped(members))
    assert (found.untouched, found.reason) == (False, "文件包中有签章，但签章目录没有列出它。")


def another_signer(members: dict[str, bytes]) -> None:
    """Someone else, also certified, signs with a seal that is not theirs."""
    thief = certify("他人", ROOT, serial=4)
    content = members[f"{FOLDER}/Signature.xml"]
    members[SIGNED_VALUE] = sealer.stamp_v4(
        thief, members[SEAL], content, f"/{FOLDER}/Signature.xml"
    )


def own_seal(members: dict[str, bytes]) -> None:
    """The seal's maker is not the one whose certificate is in it."""
    forged = Person("制章人", sm2.new_key(), MAKER.certificate, 2)
    members.update(_resealed(sealer.seal_for(forged, SIGNER)))


def other_place(members: dict[str, bytes]) -> None:
    """A stamp taken from another signature."""
    content = members[f"{FOLDER}/Signature.xml"]
    members[SIGNED_VALUE] = stamped("v4", content, members[SEAL], "/Doc_1/Signature.xml")


def _resealed(seal: bytes) -> dict[str, bytes]:
    plain = {**sealer.PLAIN, SEAL: seal}
    content = sealer.signature_xml(plain, FOLDER, with_seal=True)
    return {
        SEAL: seal,
        f"{FOLDER}/Signature.xml": content,
        SIGNED_VALUE: stamped("v4", content, seal),
    }


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (another_signer, "签章人不在印章的签章人名单中。"),
        (own_seal, "印章本身的签名值不符。"),
        (other_place, "签章数据所指的不是这个签章文件。"),
    ],
)
def test_a_forged_seal_is_named(forge: Callable[[dict[str, bytes]], None], reason: str) -> None:
    members = package("v4")
    forge(members)
    found = verdict_of(zipped(members), trusting(ROOT))
    assert (found.untouched, found.status, found.reason) == (False, "changed", reason)


def test_a_seal_whose_maker_is_a_stranger_is_a_strangers() -> None:
    """A certified person could make a seal of any authority's name."""
    stranger = certify("自制", authority=True)
    members = {**package("v4"), **_resealed(sealer.seal_for(stranger, SIGNER))}
    found = verdict_of(zipped(members), trusting(ROOT))
    assert (found.untouched, found.status, found.issuer_known) == (True, "unknown_issuer", False)


def test_a_certificate_over_before_the_seal_was_used_is_said() -> None:
    days = (sealer.FROM, sealer.SIGNED_AT - timedelta(days=1))
    late = certify("过期", ROOT, days=days, serial=9)
    seal = sealer.seal_for(MAKER, late)
    plain = {**sealer.PLAIN, SEAL: seal}
    content = sealer.signature_xml(plain, FOLDER, with_seal=True)
    value = sealer.stamp_v4(late, seal, content, f"/{FOLDER}/Signature.xml")
    members = {**package("v4"), SEAL: seal, f"{FOLDER}/Signature.xml": content, SIGNED_VALUE: value}
    found = verdict_of(zipped(members), trusting(ROOT))
    assert (found.untouched, found.status, found.issuer_known) == (
        True,
        "not_valid_when_sealed",
        True,
    )
    assert not found.genuine


def twice() -> dict[str, bytes]:
    """Two seals, the second over the first."""
    first = package("v4")
    del first["Doc_0/Signs/Signatures.xml"]
    folder = "Doc_0/Signs/Sign_1"
    seal = sealer.seal_for(MAKER, SIGNER)
    members = {**first, f"{folder}/Seal.esl": seal}
    content = sealer.signature_xml(members, folder, with_seal=True)
    value = sealer.stamp_v4(SIGNER, seal, content, f"{folder}/Signature.xml")
    return {
        **members,
        f"{folder}/Signature.xml": content,
        f"{folder}/SignedValue.dat": value,
        "Doc_0/Signs/Signatures.xml": sealer.signatures_xml([FOLDER, folder]),
    }


def test_of_several_seals_all_must_be_sound() -> None:
    members = twice()
    assert verdict_of(zipped(members), trusting(ROOT)).status == "valid"
    assert_any_change_is_seen(members, trusting(ROOT), 4)
    one_gone = {**members, "Doc_0/Signs/Signatures.xml": sealer.signatures_xml([FOLDER])}
    assert verdict_of(zipped(one_gone), trusting(ROOT)).untouched is False


def test_a_digest_that_is_broken_is_neither_right_nor_wrong() -> None:
    members = package("v4")
    content = members[f"{FOLDER}/Signature.xml"].replace(sealer.SM3.encode(), b"MD5")
    members[f"{FOLDER}/Signature.xml"] = content
    members[SIGNED_VALUE] = stamped("v4", content, members[SEAL])
    found = verdict_of(zipped(members), trusting(ROOT))
    assert (found.untouched, found.status, found.issuer_known) == (None, "unsupported", None)
