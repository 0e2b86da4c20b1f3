"""Sealed PDFs of others: pyHanko's own test files, SM2 signatures, stamps of GB/T 38540."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certs.seals.trust import Trust
from certs.verifying.file import verify_bytes, verify_file, with_folder
from certs.verifying.verdict import Verdict
from tests.certs import sealer
from tests.certs.sealer import Person, certify

VECTORS = Path(__file__).parent / "data" / "vectors"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOBODY = Trust((), ())
ROOT = certify("根", authority=True)
MAKER = certify("制章人", ROOT, serial=2)
SIGNER = certify("签章人", ROOT, serial=3)
#: Octets kept for a signature value in a PDF made here.
PLACE = 2048


def vectors() -> list[dict[str, str]]:
    with (VECTORS / "pdf.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row["file"])
def test_every_vector_has_the_verdict_of_its_column(row: dict[str, str]) -> None:
    trust = with_folder(NOBODY, VECTORS / "trust")
    found = verify_file(VECTORS / "pdf" / row["file"], trust, NOW)
    assert f"{found.untouched} {found.status} {found.issuer_known}" == row["verdict"]


def test_the_column_is_what_pyhankos_own_tests_expect() -> None:
    """What they refuse is never untouched here; what they allow always is."""
    told = {"refused": 0, "allowed": 0}
    for row in vectors():
        expected, untouched = row["expected_by_pyhanko_tests"], row["verdict"].split()[0]
        if expected.startswith(("tampered", "reject")) or "forbidden" in expected:
            assert untouched == "False", row["file"]
            told["refused"] += 1
        elif expected and "test_double_sig" not in expected:
            assert untouched == "True", row["file"]
            told["allowed"] += 1
    assert told == {"refused": 10, "allowed": 12}


def test_without_trust_a_sound_vector_is_a_strangers() -> None:
    found = verify_file(VECTORS / "pdf" / "sig-with-ski-sid.pdf", NOBODY, NOW)
    assert (found.untouched, found.status, found.issuer_known) == (True, "unknown_issuer", False)


def sealed(value: Callable[[bytes], bytes], sub_filter: str = "/adbe.pkcs7.detached") -> bytes:
    """A PDF of one page with a signature field; `value` signs the bytes that it is given."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/V 5 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>",
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter%s/ByteRange[0 AAAAAAAA BBBBBBBB CCCCCCCC]"
        b"/Contents<%s>>>" % (sub_filter.encode(), b"0" * (2 * PLACE)),
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size 6>>\n"
        b"startxref\n%d\n%%%%EOF\n"
        % (
            rows,
            len(out),
        )
    )
    start = out.index(b"/Contents<") + len(b"/Contents")
    end = start + 2 * PLACE + 2
    for mark, number in ((b"A", start), (b"B", end), (b"C", len(out) - end)):
        out = out.replace(mark * 8, b"%08d" % number)
    made = value(out[:start] + out[end:])
    written = made.hex().encode().ljust(2 * PLACE, b"0")
    return out[: start + 1] + written + out[end - 1 :]


def cms(content: bytes) -> bytes:
    return sealer.signed_data(SIGNER, ROOT, content, gb=False)


def gb35275(content: bytes) -> bytes:
    return sealer.signed_data(SIGNER, ROOT, content, gb=True)


def stamp(content: bytes) -> bytes:
    return sealer.stamp_v4(SIGNER, sealer.seal_for(MAKER, SIGNER), content, "page")


def trusting(person: Person) -> Trust:
    return Trust((), (), (x509.load_der_x509_certificate(person.certificate),))


KINDS = [(cms, "/adbe.pkcs7.detached"), (gb35275, "/GM.PKILite"), (stamp, "/GM.sm2seal")]


@pytest.mark.parametrize(("value", "sub_filter"), KINDS)
def test_an_sm2_pdf_is_verified(value: Callable[[bytes], bytes], sub_filter: str) -> None:
    data = sealed(value, sub_filter)
    assert verify_file(data, trusting(ROOT), NOW) == Verdict(True, "valid", True, "pdf", None)
    assert verify_file(data, NOBODY, NOW).status == "unknown_issuer"


@pytest.mark.parametrize(("value", "sub_filter"), KINDS)
def test_any_changed_byte_of_an_sm2_pdf_is_seen(
    value: Callable[[bytes], bytes], sub_filter: str
) -> None:
    """A change is a change, or leaves no seal to find; it is never genuine."""
    data = sealed(value, sub_filter)
    untouched = [
        at
        for at, changed in flipped(data)
        if verify_bytes(changed, trusting(ROOT), NOW).untouched is True
    ]
    # A certificate in a signed data is bound by its issuer only: changed, it is nobody's.
    start = data.find(SIGNER.certificate.hex().encode())
    own = range(start, start + 2 * len(SIGNER.certificate)) if value is not stamp else range(0)
    assert set(untouched) <= set(own)
    for at in untouched:
        assert not verify_bytes(dict(flipped(data))[at], trusting(ROOT), NOW).genuine


def flipped(data: bytes) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(data), 3):
        changed = bytearray(data)
        changed[at] ^= 0x01
        yield at, bytes(changed)


@pytest.mark.parametrize(("value", "sub_filter"), KINDS)
def test_what_is_added_to_an_sm2_pdf_is_no_part_of_it(
    value: Callable[[bytes], bytes], sub_filter: str
) -> None:
    data = sealed(value, sub_filter)
    found = verify_bytes(data + b"\n%more\n", trusting(ROOT), NOW)
    assert found.untouched is not True


def test_a_page_changed_in_a_later_revision_is_seen() -> None:
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(sealed(cms)))
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Title")] = pdf_string("more")
    writer.update_container(page)
    out = io.BytesIO()
    written: Any = writer  # its stubs say less
    written.write(out)
    found = verify_bytes(out.getvalue(), trusting(ROOT), NOW)
    assert (found.untouched, found.status) == (False, "changed")


def test_a_kind_of_signature_that_is_not_checked_is_said() -> None:
    """It used to be passed over as if there were none."""
    data = sealed(lambda _: b"\x04\x03abc", "/adbe.x509.rsa_sha1")
    found = verify_bytes(data, NOBODY, NOW)
    assert (found.untouched, found.status, found.issuer_known) == (None, "unsupported", None)
