"""Keyed hashes and authenticated encryption, by the profile that a key belongs to.

Ciphertexts are `nonce (12) + ciphertext + tag (16)` of AES-256-GCM, or of SM4-GCM under a key of
the gm profile. The associated data binds a ciphertext to its place, so that one row's value cannot
be moved to another row unnoticed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag

from kernel.errors import Stop
from kernel.profile import profile_of

NONCE = 12
HASH = 16  # bytes of a keyed hash


class Key(bytes):
    """A secret key and those that it took the place of: new values are encrypted under it, what
    is there opens under any of them."""

    older: tuple[bytes, ...] = ()

    @classmethod
    def after(cls, newest: bytes, older: Sequence[bytes]) -> Key:
        """The newest key, with those before it."""
        made = cls(newest)
        made.older = tuple(older)
        return made


def keyed_hash(key: bytes, *parts: str) -> str:
    """Keyed hash over the parts, 128 bits, as 32 hex characters: BLAKE2b (RFC 7693), HMAC-SM3.

    Parts are joined with U+001F, which no source value contains.
    """
    return keyed_hashes(key, ["\x1f".join(parts).encode()]).hex()


def keyed_hashes(key: bytes, messages: Sequence[bytes], head: bytes = b"") -> bytes:
    """The keyed hashes of many messages, 16 bytes each, one after the other; each begins with
    `head`.
    """
    return profile_of(key).keyed_hashes(key, messages, head)


def derive(key: bytes, *context: str) -> bytes:
    """A key for one use, from a root key and what the use is; of the root's profile and ages."""
    profile, said = profile_of(key), ("derive\x1f" + "\x1f".join(context)).encode()
    newest = profile.hmac(key, said)[: profile.key_size]
    if not isinstance(key, Key) or not key.older:
        return newest
    return Key.after(newest, [profile.hmac(one, said)[: profile.key_size] for one in key.older])


def encrypt(key: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt `plain`, bound to `place` (for example "landing.licence/ga_vehicle/<key hash>")."""
    nonce = os.urandom(NONCE)
    return nonce + profile_of(key).aead(key).encrypt(nonce, plain, place.encode())


def encrypt_many(key: bytes, plains: Sequence[bytes], places: Iterable[bytes]) -> list[bytes]:
    """`encrypt` for many values under one key, each bound to its own place (UTF-8)."""
    drawn = os.urandom(NONCE * len(plains))
    nonces = [drawn[at : at + NONCE] for at in range(0, len(drawn), NONCE)]
    sealed = map(profile_of(key).aead(key).encrypt, nonces, plains, places)
    return [nonce + one for nonce, one in zip(nonces, sealed, strict=True)]


def decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    """The plain bytes. Raises Stop when the bytes, the key or the place are not the same."""
    for one in (key, *key.older) if isinstance(key, Key) else (key,):
        plain = _opened(one, sealed, place)
        if plain is not None:
            return plain
    raise Stop(
        f"the ciphertext at {place} does not open: changed, moved, or another key", place=place
    )


def decrypt_many(key: bytes, sealed: Sequence[bytes], places: Sequence[str]) -> list[bytes]:
    """`decrypt` for many values under one key, each at its own place."""
    open_one = profile_of(key).aead(key).decrypt
    plains = []
    for one, place in zip(sealed, places, strict=True):
        try:
            plains.append(open_one(one[:NONCE], one[NONCE:], place.encode()))
        except (InvalidTag, ValueError):
            plains.append(decrypt(key, one, place))  # under an older key, or it raises
    return plains


def renewed(key: bytes, sealed: bytes, place: str) -> bytes | None:
    """The same under the newest key; None when it is under that already. Raises as `decrypt`."""
    if _opened(key, sealed, place) is not None:
        return None
    return encrypt(key, decrypt(key, sealed, place), place)


def _opened(key: bytes, sealed: bytes, place: str) -> bytes | None:
    try:
        return profile_of(key).aead(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):  # a value cut short is no ciphertext either
        return None
