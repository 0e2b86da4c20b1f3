"""The raw keys that systems give their rows, each in its own dialect."""

from __future__ import annotations

import hashlib


def raw_key(seed: int, dialect: str, place: str, count: int) -> str:
    """The key of the `count`-th row (from 1) of `place` (system/stream)."""
    if dialect == "zh":
        return str(count)
    digest = hashlib.blake2b(f"{seed}/{place}/{count}".encode(), digest_size=16).hexdigest()
    if dialect == "gb":
        return digest.upper()
    if dialect == "camel":
        return str(10**18 + int(digest, 16) % (9 * 10**18))
    if dialect == "py":
        return "-".join(
            (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:])
        )
    return digest
