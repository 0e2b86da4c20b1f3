"""Files made to hurt: each gets a verdict, in time and memory, and none is genuine."""

from __future__ import annotations

import io
import os
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certs.seals.trust import Trust
from certs.verifying.bounded import TooMuch, bounded
from certs.verifying.file import TOO_MUCH, verify_bytes, verify_file, with_folder
from tests.certs import sealer
from tests.certs.sealer import unzipped, zipped

VECTORS = Path(__file__).parent / "data" / "vectors"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOBODY = Trust((), ())
SEALED = (VECTORS / "ofd" / "ofdrw-sign__allprotected.ofd").read_bytes()
SIGNED = (VECTORS / "pdf" / "pades-lta-dss-indirect-arrs-test.pdf").read_bytes()
SIGNATURE = "Doc_0/Signs/Sign_0/Signature.xml"
VALUE = "Doc_0/Signs/Sign_0/SignedValue.dat"


def with_member(name: str, content: bytes) -> bytes:
    return zipped({**unzipped(SEALED), name: content})


def bomb() -> bytes:
    """Two hundred megabytes of zeros in some two hundred kilobytes."""
    return with_member("Doc_0/Pages/Page_9/Content.xml", bytes(200 * 1024 * 1024))


def many_members() -> bytes:
    return zipped({**unzipped(SEALED), **{f"Doc_0/Res/{n}": b"" for n in range(6_000)}})


def same_name_twice() -> bytes:
    out = io.BytesIO(SEALED)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("Doc_0/Document.xml", b"<other/>")
    return out.getvalue()


def lying_length() -> bytes:
    """The directory says that a member has one byte; it has a hundred thousand."""
    data = bytearray(zipped({**unzipped(SEALED), "Doc_0/Res/a": b"a" * 100_000}))
    at = data.rindex(b"Doc_0/Res/a") - 46 + 24
    data[at : at + 4] = (1).to_bytes(4, "little")
    return bytes(data)


def entities() -> bytes:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return with_member("OFD.xml", f'<!DOCTYPE a [<!ENTITY a0 "aaaa">{lines}]><a>&a9;</a>'.encode())


def outside() -> bytes:
    return with_member(
        SIGNATURE, b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'
    )


def deep_xml() -> bytes:
    return with_member(SIGNATURE, b"<a>" * 100_000 + b"</a>" * 100_000)


def large_xml() -> bytes:
    return with_member(SIGNATURE, b"<a>" + b"<b/>" * 2_000_000 + b"</a>")


def deep_der() -> bytes:
    value = b""
    for _ in range(3_000):
        value = sealer.sequence(value)
    return with_member(VALUE, value)


def long_der() -> bytes:
    return with_member(VALUE, b"\x30\x84\xff\xff\xff\xff" + bytes(1_000))


def climbing() -> bytes:
    return with_member("../../../etc/passwd", b"x")


def pdf_bomb() -> bytes:
    """A cross-reference stream that unpacks to 300 MB."""
    packed = zlib.compress(bytes(300 * 1024 * 1024), 9)
    head = b"%%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 9/W[1 4 2]/Root 2 0 R/Filter/FlateDecode"
    head += b"/Length %d>>stream\n"
    return head % len(packed) + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


def deep_pdf() -> bytes:
    return (
        b"%PDF-1.7\ntrailer\n<</Root "
        + b"[" * 200_000
        + b"]" * 200_000
        + b">>\nstartxref\n9\n%%EOF"
    )


def ring_pdf() -> bytes:
    """A cross-reference table whose former one is itself."""
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\n"
    return b"%PDF-1.7\n" + table + b"startxref\n9\n%%EOF\n"


def deep_json() -> bytes:
    return b'{"a":' + b"[" * 5_000_000


FILES: list[Callable[[], bytes]] = [
    bomb, many_members, same_name_twice, lying_length, entities, outside, deep_xml, large_xml,
    deep_der, long_der, climbing, pdf_bomb, deep_pdf, ring_pdf, deep_json,
]  # fmt: skip


@pytest.mark.parametrize("make", FILES)
def test_a_file_made_to_hurt_gets_a_verdict(make: Callable[[], bytes]) -> None:
    data = make()
    found = verify_file(data, with_folder(NOBODY, VECTORS / "trust"), NOW)
    assert found.untouched is not True
    assert found.reason


def test_a_member_without_a_name_is_content_that_no_seal_covers() -> None:
    """Found by fuzzing: in its own process it was too much; here it would be an error."""
    data = with_member("Zq9", b"x").replace(b"Zq9", b"\0q9")
    found = verify_bytes(data, with_folder(NOBODY, VECTORS / "trust"), NOW)
    assert (found.untouched, found.status) == (False, "changed")


@pytest.mark.parametrize("data", [SEALED, SIGNED])
def test_what_is_cut_is_never_genuine(data: bytes) -> None:
    trust = with_folder(NOBODY, VECTORS / "trust")
    for end in range(0, len(data) - 1, len(data) // 60):
        assert verify_bytes(data[:end], trust, NOW).untouched is not True


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    whole=st.sampled_from([SEALED, SIGNED]),
    changes=st.lists(
        st.tuples(
            st.integers(0, 2**20), st.sampled_from(["put", "cut", "set"]), st.binary(max_size=8)
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_any_mutation_gets_a_verdict(whole: bytes, changes: list[tuple[int, str, bytes]]) -> None:
    data = bytearray(whole)
    for place, what, value in changes:
        at = place % len(data)
        if what == "put":
            data[at:at] = value
        elif what == "cut":
            del data[at : at + len(value)]
        else:
            data[at : at + len(value)] = value
    assert verify_bytes(bytes(data), NOBODY, NOW).kind in {"pdf", "ofd", "unknown"}


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(["OFD.xml", "Doc_0/Signs/Signatures.xml", SIGNATURE, VALUE]),
    at=st.integers(0, 2**16),
    value=st.binary(min_size=1, max_size=12),
)
@example(name=SIGNATURE, at=613, value="\u4000".encode())  # a digest that is no base64
def test_any_mutation_inside_a_package_is_seen(name: str, at: int, value: bytes) -> None:
    members = unzipped(SEALED)
    content = bytearray(members[name])
    place = at % len(content)
    content[place : place + len(value)] = value
    found = verify_bytes(zipped({**members, name: bytes(content)}), NOBODY, NOW)
    assert found.untouched is (bytes(content) == members[name])


def test_work_that_takes_too_long_is_ended() -> None:
    began = time.monotonic()

    def forever() -> int:
        while time.monotonic() < began + 600:
            pass
        return 1

    with pytest.raises(TooMuch):
        bounded(forever, seconds=0.5)


def test_work_that_takes_too_much_memory_is_ended() -> None:
    with pytest.raises(TooMuch):
        bounded(lambda: len(bytearray(200 * 1024 * 1024)), memory=100 * 1024 * 1024)
    assert bounded(lambda: len(bytearray(50 * 1024 * 1024)), memory=100 * 1024 * 1024) > 0


def test_work_that_ends_its_process_is_no_answer() -> None:
    with pytest.raises(TooMuch):
        bounded(lambda: os._exit(1))


def test_too_much_is_a_sentence() -> None:
    """Forty-eight megabytes of empty lists are more than a gigabyte of them."""
    found = verify_file(b'{"a":[' + b"[]," * (16 * 1024 * 1024 - 10), NOBODY, NOW)
    assert (found.untouched, found.status, found.issuer_known) == (None, "unreadable", None)
    assert found.reason == TOO_MUCH
