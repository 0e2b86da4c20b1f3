"""Which cryptography an installation uses: one profile for hashes, keyed hashes, cipher and seals.

`standard`: SHA-256, keyed BLAKE2b, AES-256-GCM, ECDSA over P-256. `gm` (国密): SM3 (GB/T 32905),
HMAC-SM3, SM4-GCM (GB/T 32907), SM2 (GB/T 32918); nothing else. A secret key says by its length
which of the two it belongs to, 32 bytes or 16, so that no call can take another profile's cipher.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as openssl_hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import BadInput, Stop

ProfileName = Literal["standard", "gm"]
KEYED = 16  # bytes of a keyed hash
TAG = 16


class Aead(Protocol):
    """Authenticated encryption under one key. The tag (16 bytes) stands after the ciphertext."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The ciphertext and its tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The plain bytes. Raises `cryptography.exceptions.InvalidTag`."""
        ...


class Sm4Gcm:
    """SM4-GCM (RFC 8998) in the shape of `AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The ciphertext and its tag."""
        made = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(associated_data or b"")
        sealed = made.update(data) + made.finalize()
        return sealed + made.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The plain bytes. Raises `cryptography.exceptions.InvalidTag`."""
        if len(data) < TAG:
            raise InvalidTag
        mode = modes.GCM(nonce, data[-TAG:])
        opened = Cipher(self._cipher, mode).decryptor()
        opened.authenticate_additional_data(associated_data or b"")
        return opened.update(data[:-TAG]) + opened.finalize()


@dataclass(frozen=True)
class Profile:
    """One of `STANDARD` and `GM`."""

    name: ProfileName
    digest: Literal["sha256", "sm3"]  # seals, ledger, documents
    cipher: Literal["AES-256-GCM", "SM4-GCM"]
    signature: Literal["p256", "sm2"]  # kind of the keys that seal and sign heads
    key_size: int  # bytes of every secret key: 32 | 16

    def hash(self, data: bytes) -> bytes:
        """SHA-256 or SM3: 32 bytes."""
        if self.digest == "sha256":
            return hashlib.sha256(data).digest()
        hasher = hashes.Hash(hashes.SM3())
        hasher.update(data)
        return hasher.finalize()

    def hmac(self, key: bytes, data: bytes) -> bytes:
        """HMAC of 32 bytes, for deriving keys."""
        if self.digest == "sha256":
            return hmac.digest(key, data, "sha256")
        made = openssl_hmac.HMAC(key, hashes.SM3())
        made.update(data)
        return made.finalize()

    def keyed_hashes(self, key: bytes, messages: Sequence[bytes], head: bytes = b"") -> bytes:
        """Keyed hashes of `head` and each message, 16 bytes each: BLAKE2b or HMAC-SM3.

        The key's block and the head's whole blocks are hashed once for all.
        """
        if self.digest == "sm3":
            return self._keyed_sm3(key, messages, head)
        keyed = hashlib.blake2b(head, key=key, digest_size=KEYED).copy
        digests = []
        for one in messages:
            hasher = keyed()
            hasher.update(one)
            digests.append(hasher.digest())
        return b"".join(digests)

    def _keyed_sm3(self, key: bytes, messages: Sequence[bytes], head: bytes) -> bytes:
        keyed = openssl_hmac.HMAC(key, hashes.SM3())
        keyed.update(head)
        digests = []
        for one in messages:
            hasher = keyed.copy()
            hasher.update(one)
            digests.append(hasher.finalize()[:KEYED])
        return b"".join(digests)

    def aead(self, key: bytes) -> Aead:
        """The cipher under this key."""
        return AESGCM(key) if self.cipher == "AES-256-GCM" else Sm4Gcm(key)

    def new_key(self) -> bytes:
        """A fresh random key of this profile."""
        return os.urandom(self.key_size)


STANDARD: Final = Profile("standard", "sha256", "AES-256-GCM", "p256", 32)
GM: Final = Profile("gm", "sm3", "SM4-GCM", "sm2", 16)
PROFILES: Final = {"standard": STANDARD, "gm": GM}


def profile_named(name: str) -> ProfileName:
    """The name, where it is a profile's. Raises BadInput."""
    for one in PROFILES.values():
        if one.name == name:
            return one.name
    raise BadInput(f"there is no crypto {name}: allowed are {', '.join(PROFILES)}")


def profile_of(key: bytes) -> Profile:
    """The profile that a secret key belongs to. Raises Stop on a key of neither length."""
    for one in (STANDARD, GM):
        if len(key) == one.key_size:
            return one
    raise Stop("a secret key has 32 bytes, or 16 in the gm profile: put it back from its backup")
