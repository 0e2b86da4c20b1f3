"""Passwords: kept as scrypt hashes, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

# 16 MiB and about 50 ms a password on one core.
N, R, P = 2**14, 8, 1


def hash_password(password: str) -> str:
    """`scrypt$n$r$p$salt$hash`, with a fresh salt; salt and hash in hex."""
    salt = os.urandom(16)
    found = hashlib.scrypt(password.encode(), salt=salt, n=N, r=R, p=P, dklen=32)
    return f"scrypt${N}${R}${P}${salt.hex()}${found.hex()}"


def same_password(password: str, kept: str) -> bool:
    """Whether the password is the one that was kept."""
    _, n, r, p, salt, expected = kept.split("$")
    found = hashlib.scrypt(
        password.encode(), salt=bytes.fromhex(salt), n=int(n), r=int(r), p=int(p), dklen=32
    )
    return hmac.compare_digest(found, bytes.fromhex(expected))


@cache
def nobodys() -> str:
    """A hash that no password has, so that an unknown name costs as much as a wrong password."""
    return hash_password(os.urandom(32).hex())
