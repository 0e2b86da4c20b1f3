"""SM2 and SM3 against published answers, and what they say to bad input."""

from __future__ import annotations

import csv
import re
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.algos import DSASignature
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import libcrypto, sm2
from kernel.errors import BadInput, PersonMustAct

DATA = Path(__file__).parent / "data"
KEY = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def message_of(text: str) -> bytes:
    """Hex, or `ascii:WORD xTIMES`."""
    if not text.startswith("ascii:"):
        return bytes.fromhex(text)
    word, times = text.removeprefix("ascii:").split(" x")
    return word.encode() * int(times)


def der(r: str, s: str) -> bytes:
    return bytes(DSASignature({"r": int(r, 16), "s": int(s, 16)}).dump())


def test_published_digests() -> None:
    for row in rows("sm3_vectors.csv"):
        assert sm2.sm3(message_of(row["message_hex"])).hex() == row["digest"]


def test_published_signatures() -> None:
    seen = [row for row in rows("sm2_sign_vectors.csv") if row["user_id"]]
    for row in seen:
        public = bytes.fromhex(row["public_key_uncompressed"])
        assert sm2.public_of(bytes.fromhex(row["private_key"])) == public
        message, ident = bytes.fromhex(row["message_hex"]), row["user_id"].encode()
        says = sm2.verify(public, message, der(row["r"], row["s"]), ident)
        assert str(says) == row["verifies_here"]
    assert {row["verifies_here"] for row in seen} == {"True", "False"}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=40), st.integers(0, 8 * 70 - 1))
def test_what_is_signed_verifies_and_nothing_else(message: bytes, ident: bytes, bit: int) -> None:
    private = sm2.new_key()
    public = sm2.public_of(private)
    signature = sm2.sign(private, message, ident)
    assert sm2.verify(public, message, signature, ident)
    assert not sm2.verify(public, message + b"x", signature, ident)
    assert not sm2.verify(public, message, signature, ident + b"x")
    assert not sm2.verify(sm2.public_of(sm2.new_key()), message, signature, ident)
    changed = bytearray(signature)
    changed[bit // 8 % len(signature)] ^= 1 << bit % 8
    assert not sm2.verify(public, message, bytes(changed), ident)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_are_an_answer(public: bytes, signature: bytes) -> None:
    assert not sm2.verify(public, b"", signature)
    assert not sm2.verify(b"\x04" + public.ljust(64, b"\0")[:64], b"", signature)
    assert not sm2.verify(sm2.public_of(KEY), b"", signature)


def test_a_signature_has_one_writing() -> None:
    signature = sm2.sign(KEY, b"text")
    read: Any = DSASignature
    r, s = (int(read.load(signature)[name].native) for name in ("r", "s"))
    long_form = b"\x30\x81" + signature[1:]
    for other in (
        long_form,
        signature + b"\0",
        bytes(DSASignature({"r": r, "s": s + sm2.ORDER}).dump()),
    ):
        assert not sm2.verify(sm2.public_of(KEY), b"text", other)


@pytest.mark.parametrize(
    "private",
    [
        b"",
        KEY[:31],
        KEY + b"\0",
        bytes(32),
        (sm2.ORDER - 1).to_bytes(32, "big"),
        sm2.ORDER.to_bytes(32, "big"),
    ],
)
def test_what_is_no_private_key_is_refused_without_being_shown(private: bytes) -> None:
    uses: tuple[Callable[[], object], ...] = (
        lambda: sm2.public_of(private),
        lambda: sm2.sign(private, b""),
    )
    for use in uses:
        with pytest.raises(BadInput, match="private key is 32 bytes") as refused:
            use()
        assert not private.hex() or private.hex() not in str(refused.value)


def test_the_ends_of_the_range_are_keys() -> None:
    for number in (1, sm2.ORDER - 2):
        private = number.to_bytes(32, "big")
        assert sm2.verify(sm2.public_of(private), b"a", sm2.sign(private, b"a"))


def test_an_identity_that_is_too_long_is_refused() -> None:
    assert sm2.sign(KEY, b"", bytes(sm2.LONGEST_IDENT))
    with pytest.raises(BadInput, match="identity has at most"):
        sm2.sign(KEY, b"", bytes(sm2.LONGEST_IDENT + 1))
    with pytest.raises(BadInput, match="identity has at most"):
        sm2.verify(sm2.public_of(KEY), b"", b"", bytes(sm2.LONGEST_IDENT + 1))


def test_threads_do_not_meet() -> None:
    wrong: list[int] = []

    def work(number: int) -> None:
        message = str(number).encode()
        for _ in range(20):
            if not sm2.verify(sm2.public_of(KEY), message, sm2.sign(KEY, message)):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong


def test_a_failure_leaves_nothing_for_pythons_own_ssl() -> None:
    assert not sm2.verify(b"\x04" + bytes(64), b"", b"")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert context.get_ciphers()


def test_a_library_that_will_not_do_is_named_once(tmp_path: Path) -> None:
    broken = tmp_path / "libcrypto.so.3"
    broken.write_bytes(b"\x7fELF")
    for places in ([], ["no-such-library.so"], [str(broken)], ["libc.so.6"]):
        with pytest.raises(PersonMustAct, match=re.escape(libcrypto.MISSING)):
            libcrypto.load(places)
    assert libcrypto.load(["no-such-library.so", *libcrypto.SONAMES])
