"""SM2 signatures with SM3 (GB/T 32918.2, GM/T 0003.2), by OpenSSL 3.

A private key is its 32 bytes, big-endian, 1 ≤ key ≤ n − 2. A public key is its 65 bytes,
uncompressed (04 ‖ x ‖ y). A signature is DER: SEQUENCE of r and s. All functions may be called
from several threads; whatever the bytes given are, they answer or raise BadInput.
"""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from cryptography.hazmat.primitives import hashes

from kernel.errors import BadInput, Stop
from kernel.libcrypto import PRIVATE_START, PUBLIC_START, libcrypto

#: The signer's identity where nothing else is agreed (GM/T 0009, 10).
IDENT: Final = b"1234567812345678"
#: The order of the curve's group (GB/T 32918.5).
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
PRIVATE: Final = 32
PUBLIC: Final = 65
#: Longest DER signature: two integers of 33 bytes.
LONGEST: Final = 72
#: GB/T 32918.2 writes the identity's length in bits into 16 bits; OpenSSL takes one byte less.
LONGEST_IDENT: Final = 8190


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905), 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def new_key() -> bytes:
    """A fresh private key."""
    return (1 + secrets.randbelow(ORDER - 2)).to_bytes(PRIVATE, "big")


def public_of(private: bytes) -> bytes:
    """The public key of a private key. Raises BadInput when it is no private key."""
    library = libcrypto()
    with _private(library, private) as key:
        written = ctypes.create_string_buffer(len(PUBLIC_START) + PUBLIC)
        at = ctypes.c_char_p(ctypes.addressof(written))
        if library.i2d_PUBKEY(key, None) != len(written):
            raise Stop("OpenSSL writes an SM2 public key in an unknown form")
        library.i2d_PUBKEY(key, ctypes.byref(at))
    return written.raw[len(PUBLIC_START) :]


def sign(private: bytes, message: bytes, ident: bytes = IDENT) -> bytes:
    """The signature of a message. Raises BadInput when the key or the identity cannot be one."""
    library = libcrypto()
    _check_ident(ident)
    with (
        _private(library, private) as key,
        _context(library, key, ident) as (context, sm3_),
    ):
        signature = ctypes.create_string_buffer(LONGEST)
        length = ctypes.c_size_t(LONGEST)
        signed = library.EVP_DigestSignInit(context, None, sm3_, None, key) == 1 and (
            library.EVP_DigestSign(context, signature, ctypes.byref(length), message, len(message))
            == 1
        )
        if not signed:
            raise Stop("OpenSSL makes no SM2 signature with this key")
        return signature.raw[: length.value]


def verify(public: bytes, message: bytes, signature: bytes, ident: bytes = IDENT) -> bool:
    """Whether the signature is this key's of this message, in DER and in no other writing.

    False also for a key that is no point of the curve. Raises BadInput for an identity that is
    too long.
    """
    library = libcrypto()
    _check_ident(ident)
    if len(signature) > LONGEST:
        return False
    with _public(library, public) as key:
        if key is None:
            return False
        with _context(library, key, ident) as (context, sm3_):
            return bool(
                library.EVP_DigestVerifyInit(context, None, sm3_, None, key) == 1
                and library.EVP_DigestVerify(
                    context, signature, len(signature), message, len(message)
                )
                == 1
            )


def _check_ident(ident: bytes) -> None:
    if len(ident) > LONGEST_IDENT:
        raise BadInput(f"an SM2 identity has at most {LONGEST_IDENT} bytes, not {len(ident)}")


@contextmanager
def _private(library: ctypes.CDLL, private: bytes) -> Iterator[int]:
    if len(private) != PRIVATE or not 1 <= int.from_bytes(private, "big") <= ORDER - 2:
        raise BadInput(
            "an SM2 private key is 32 bytes, between 1 and the order of the curve less 2"
        )
    with _loaded(library, library.d2i_AutoPrivateKey, PRIVATE_START + private) as key:
        if key is None:
            raise Stop("OpenSSL does not read an SM2 private key")
        yield key


@contextmanager
def _public(library: ctypes.CDLL, public: bytes) -> Iterator[int | None]:
    if len(public) != PUBLIC or public[:1] != b"\x04":
        yield None
        return
    with _loaded(library, library.d2i_PUBKEY, PUBLIC_START + public) as key:
        yield key


@contextmanager
def _loaded(library: ctypes.CDLL, read: Any, der: bytes) -> Iterator[int | None]:
    """The key in a DER value, freed afterwards; None when OpenSSL does not take it."""
    key: int | None = read(None, ctypes.byref(ctypes.c_char_p(der)), len(der))
    try:
        yield key
    finally:
        library.EVP_PKEY_free(key)
        library.ERR_clear_error()  # what is left there, Python's own ssl would take for its own


@contextmanager
def _context(library: ctypes.CDLL, key: int, ident: bytes) -> Iterator[tuple[int, int]]:
    """A digest context for this key and identity, and SM3."""
    context = library.EVP_MD_CTX_new()
    about = library.EVP_PKEY_CTX_new(key, None)
    try:
        if library.EVP_PKEY_CTX_set1_id(about, ident, len(ident)) != 1:
            raise Stop("OpenSSL takes no SM2 identity")
        library.EVP_MD_CTX_set_pkey_ctx(context, about)
        yield context, library.EVP_sm3()
    finally:
        library.EVP_MD_CTX_free(context)
        library.EVP_PKEY_CTX_free(about)
