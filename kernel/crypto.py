"""Keyed hashes and authenticated encryption. Keys are 32 bytes.

Ciphertexts are `nonce (12) + AES-256-GCM ciphertext + tag (16)`. The associated data binds a
ciphertext to its place, so that one row's value cannot be moved to another row unnoticed.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import Stop

NONCE = 12
HASH = 16  # bytes of a keyed hash


def keyed_hash(key: bytes, *parts: str) -> str:
    """Keyed BLAKE2b (RFC 7693) over the parts, 128 bits, as 32 hex characters.

    Parts are joined with U+001F, which no source value contains.
    """
    return keyed_hashes(key, ["\x1f".join(parts).encode()]).hex()


def keyed_hashes(key: bytes, messages: Sequence[bytes]) -> bytes:
    """The keyed hashes of many messages, 16 bytes each, one after the other."""
    keyed = blake2b(key=key, digest_size=HASH).copy  # the key's own block is hashed once
    digests = []
    for one in messages:
        hasher = keyed()
        hasher.update(one)
        digests.append(hasher.digest())
    return b"".join(digests)


def derive(key: bytes, *context: str) -> bytes:
    """A 32-byte key for one use, from a root key and what the use is."""
    return hmac.digest(key, ("derive\x1f" + "\x1f".join(context)).encode(), "sha256")


def new_key() -> bytes:
    """32 fresh random bytes."""
    return os.urandom(32)


def encrypt(key: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt `plain`, bound to `place` (for example "landing.licence/ga_vehicle/<key hash>")."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def encrypt_many(key: bytes, plains: Sequence[bytes], places: Iterable[bytes]) -> list[bytes]:
    """`encrypt` for many values under one key, each bound to its own place (UTF-8)."""
    drawn = os.urandom(NONCE * len(plains))
    nonces = [drawn[at : at + NONCE] for at in range(0, len(drawn), NONCE)]
    sealed = map(AESGCM(key).encrypt, nonces, plains, places)
    return [nonce + one for nonce, one in zip(nonces, sealed, strict=True)]


def decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    """The plain bytes. Raises Stop when the bytes, the key or the place are not the same."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except InvalidTag:
        raise Stop(
            f"the ciphertext at {place} does not open: changed, moved, or another key",
            place=place,
        ) from None
