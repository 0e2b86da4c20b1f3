"""Codes of an authenticator app: TOTP of RFC 6238, SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote

SECONDS: Final = 30
DIGITS: Final = 6
#: Steps before and after the present one that are taken: clocks of telephones differ.
AROUND: Final = 1


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a time step (RFC 4226, section 5.3)."""
    made = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = made[-1] & 0x0F
    number = int.from_bytes(made[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, said: str, now: datetime, last: int | None) -> int | None:
    """The step whose code this is, later than the last one that was taken; None: none."""
    said = "".join(said.split())
    if not (said.isascii() and said.isdigit() and len(said) == DIGITS):
        return None
    present = int(now.timestamp()) // SECONDS
    found = None
    for step in range(present - AROUND, present + AROUND + 1):
        if hmac.compare_digest(code(secret, step), said) and (last is None or step > last):
            found = step
    return found


def shown(secret: bytes) -> str:
    """The secret for typing it in: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def uri(secret: bytes, name: str, issuer: str) -> str:
    """What an authenticator app reads out of a code."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?secret={text}&issuer={quote(issuer)}"
