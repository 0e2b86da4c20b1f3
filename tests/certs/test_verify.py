"""Verifying any file: three parts that are not mixed, and never an error."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certs.copies.share import fetch
from certs.licences import holders
from certs.licences.publish import publish_system
from certs.seals import seal
from certs.seals.authority import certificate_file
from certs.seals.trust import Trust, trust_of
from certs.verifying.file import verify_file
from certs.verifying.verdict import Verdict
from kernel.errors import BadInput
from tests.certs.town import NOW, WANG, Town

FOOD = "食品经营许可证"
NOBODY = Trust((), ())


class Files:
    """One annotated copy and one licence file, made once."""

    def __init__(self, city: Town) -> None:
        city.material("M1", [FOOD])
        for number in range(3):
            city.licence(f"k{number}")
        publish_system(city.house, "sc_food", "r1")
        self.trust = trust_of(city.house)
        self.pdf = fetch(city.house, city.account(), "C1", "M1", "prove").pdf
        ((one,),) = city.query("SELECT id FROM certs.licence WHERE leaf_index = 1")
        with city.house.engine.connect() as conn:
            data = holders.open_document(city.house, conn, one, city.holder(WANG))
            self.licence = seal.licence_file(city.house, conn, one, data)

    def verify(self, data: bytes, trust: Trust | None = None) -> Verdict:
        return verify_file(data, trust or self.trust, NOW)


_MADE: list[Files] = []


@pytest.fixture
def files(request: pytest.FixtureRequest) -> Files:
    """Made once for all tests of this file: they read bytes and no server."""
    if not _MADE:
        _MADE.append(Files(request.getfixturevalue("city")))
    return _MADE[0]


def test_our_copy_is_untouched_valid_and_known(files: Files) -> None:
    verdict = files.verify(files.pdf)
    assert verdict.as_json() == {
        "untouched": True,
        "status": "valid",
        "issuer_known": True,
        "kind": "pdf",
        "reason": None,
    }
    assert verdict.genuine
    assert (verdict.about["licence_type"], verdict.about["standing"]) == (FOOD, "data only")


def test_our_copy_is_valid_when_used_after_its_days(files: Files) -> None:
    verdict = verify_file(files.pdf, files.trust, NOW + timedelta(days=31))
    assert (verdict.untouched, verdict.status, verdict.genuine) == (True, "expired", True)


def test_our_copy_is_of_an_unknown_issuer_to_a_stranger(files: Files) -> None:
    verdict = files.verify(files.pdf, NOBODY)
    assert (verdict.untouched, verdict.status) == (True, "unknown_issuer")
    assert not verdict.issuer_known


def test_any_changed_byte_of_a_copy_is_seen(files: Files) -> None:
    step = max(1, len(files.pdf) // 100)
    for place in range(8, len(files.pdf), step):
        changed = bytearray(files.pdf)
        changed[place] ^= 1
        verdict = files.verify(bytes(changed))
        assert not verdict.genuine, place
        assert verdict.status in ("changed", "unreadable", "no_seal"), place


def test_what_is_added_to_or_cut_from_a_copy_is_seen(files: Files) -> None:
    for data in (files.pdf + b"\n", files.pdf[:-1], files.pdf[: len(files.pdf) // 2]):
        assert not files.verify(data).genuine


def test_our_licence_file_verifies_offline(files: Files) -> None:
    verdict = files.verify(files.licence)
    assert (verdict.untouched, verdict.status, verdict.kind) == (True, "valid", "licence")
    assert verdict.about == {"licence_type": FOOD, "standing": "data only"}
    later = verify_file(files.licence, files.trust, NOW + timedelta(days=1000))
    assert (later.untouched, later.status) == (True, "expired")
    assert files.verify(files.licence, NOBODY).status == "unknown_issuer"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda f: f["document"].update(ZZBH="JY0"), "changed"),
        (lambda f: f["document"].update(extra=1), "changed"),
        (lambda f: f.update(leaf_index=2), "changed"),
        (lambda f: f["proof"].reverse(), "changed"),
        (lambda f: f["proof"].pop(), "changed"),
        (lambda f: f["seal"].update(size=2), "unknown_issuer"),
        (lambda f: f["seal"].update(root="00" * 32), "unknown_issuer"),
        (lambda f: f["seal"].update(sealed_at="2020-01-01T00:00:00.000000Z"), "unknown_issuer"),
        (lambda f: f.pop("proof"), "unreadable"),
        (lambda f: f.update(leaf_index="1"), "unreadable"),
        (lambda f: f.update(leaf_index=-1), "unreadable"),
        (lambda f: f["seal"].update(signature="%%"), "unreadable"),
    ],
)
def test_a_changed_licence_file_is_seen(files: Files, change: object, status: str) -> None:
    file = json.loads(files.licence)
    change(file)  # type: ignore[operator]
    verdict = files.verify(json.dumps(file).encode())
    assert (verdict.status, verdict.genuine) == (status, False)


def test_a_key_that_stands_twice_is_refused(files: Files) -> None:
    twice = files.licence.replace(b'"ZZBH"', b'"ZZBH":"JY0","ZZBH"')
    assert files.verify(twice).status == "unreadable"


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=300), start=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\3\4", b"{"]))
def test_any_bytes_get_a_verdict(data: bytes, start: bytes) -> None:
    verdict = verify_file(start + data, NOBODY, NOW)
    assert verdict.untouched is None or not verdict.genuine


def ofd(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("names", "kind", "untouched", "status"),
    [
        (["OFD.xml", "Doc_0/Signs/Sign_0/SignedValue.dat"], "ofd", False, "changed"),
        (["OFD.xml"], "ofd", None, "no_seal"),
        (["word/document.xml"], "unknown", None, "not_checked"),
    ],
)
def test_a_package_says_what_it_is(
    names: list[str], kind: str, untouched: bool | None, status: str
) -> None:
    verdict = verify_file(ofd(*names), NOBODY, NOW)
    assert (verdict.untouched, verdict.kind, verdict.status) == (untouched, kind, status)
    assert (verdict.issuer_known is None) == (untouched is None)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        verify_file(tmp_path / "nothing.pdf", NOBODY, NOW)


def test_the_authority_is_made_once(city: Town) -> None:
    first, again = trust_of(city.house), trust_of(city.house)
    assert first == again
    folder = city.house.settings.home / "keys"
    current = certificate_file(city.house, city.house.keys.seal.current()).name
    assert {one.name for one in folder.iterdir()} >= {"ca.pem", "ca.crt", current}
    assert (folder / "ca.pem").stat().st_mode & 0o777 == 0o600
