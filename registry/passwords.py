"""Passwords: kept as Argon2id hashes. Older scrypt ones open, and are made anew at a sign-in."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.errors import BadInput
from registry.guessable import guessable

#: RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes; some 60 ms.
HASHER = PasswordHasher()
SHORTEST, LONGEST = 10, 256


def check_new(password: str, name: str) -> None:
    """Raise BadInput on a password that may not be chosen. Long beats odd: no rule on kinds."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"a password has {SHORTEST} to {LONGEST} characters")
    if name.lower() in password.lower():
        raise BadInput("a password does not contain the account's name")
    if len(set(password)) < 5 or guessable(password, name):
        raise BadInput(
            "this password is among the first that are tried: it is a common one, or pieced"
            " together from common words, names of this city, dates, runs of keys or repetitions;"
            " take a sentence of your own"
        )


def hash_password(password: str) -> str:
    """An Argon2id hash with a fresh salt, in its usual text form."""
    return HASHER.hash(password)


def same_password(password: str, kept: str) -> bool:
    """Whether the password is the one that was kept; an account of elsewhere keeps none."""
    if kept.startswith("scrypt$"):
        return _same_scrypt(password, kept)
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether a hash that opened should be made anew."""
    return kept.startswith("scrypt$") or HASHER.check_needs_rehash(kept)


def _same_scrypt(password: str, kept: str) -> bool:
    _, n, r, p, salt, expected = kept.split("$")
    found = hashlib.scrypt(
        password.encode(), salt=bytes.fromhex(salt), n=int(n), r=int(r), p=int(p), dklen=32
    )
    return hmac.compare_digest(found, bytes.fromhex(expected))


@cache
def nobodys() -> str:
    """A hash that no password has, so that an unknown name costs as much as a wrong password."""
    return hash_password(os.urandom(32).hex())
