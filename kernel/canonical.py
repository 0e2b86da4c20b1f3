"""Canonical JSON (RFC 8785), the one form that is hashed and signed.

What msgspec writes with sorted keys is RFC 8785 too, forty times as fast, for values without
fractions whose keys stay in the basic plane (above it UTF-16 sorts otherwise). Others, and
whatever must be refused, go through the library.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

import msgspec
import rfc8785

#: Integers beyond it are not the same number everywhere.
LARGEST: Final = 2**53 - 1
#: Keys of a document longer than this together are not remembered.
LONG: Final = 2000
SIMPLE: Final = frozenset({str, bool, type(None)})
_ENCODE = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value (str, int, float, bool, None, list, dict).

    Raises ValueError on what JSON cannot hold, on numbers beyond 2^53 and on lone surrogates.
    """
    if _plain(value):
        return _ENCODE(value)
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> bool:
    """Whether msgspec writes the value as RFC 8785 does."""
    kind = type(value)
    if kind is dict:
        return _plain_keys(value) and _all_plain(value.values())
    if kind is list:
        return _all_plain(value)
    return kind in SIMPLE or (kind is int and -LARGEST <= value <= LARGEST)


def _all_plain(values: Any) -> bool:
    # Most values are text: only the others are looked at one by one.
    return all(map(_plain, [one for one in values if type(one) is not str]))


def _plain_keys(keys: dict[Any, Any]) -> bool:
    try:
        joined = "".join(keys)
    except TypeError:  # a key that is no text
        return False
    return _basic(joined) if len(joined) < LONG else max(joined) < "\ud800"


@lru_cache(maxsize=1024)
def _basic(letters: str) -> bool:
    """Documents of a kind have the same keys: they are looked at once."""
    return max(letters, default="") < "\ud800"
