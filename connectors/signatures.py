"""The signatures that gateways ask for, as plain functions of secret and text."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

import gmalg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from kernel.errors import PersonMustAct

SM2_USER = b"1234567812345678"


def hmac_sha256(secret: str, text: bytes) -> str:
    """Hex HMAC-SHA256."""
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def hmac_sm3(secret: str, text: bytes) -> str:
    """Hex HMAC-SM3."""
    mac = HMAC(secret.encode(), hashes.SM3())
    mac.update(text)
    return mac.finalize().hex()


def sm2_signer(name: str, private: str) -> Callable[[bytes], str]:
    """Signs with an SM2 private key (64 hex): hex r‖s over SM3, user id 1234567812345678."""
    try:
        key = bytes.fromhex(private)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise PersonMustAct(f"the secret {name} is not an SM2 private key: 64 hex digits")
    signer = gmalg.SM2(sk=key, uid=SM2_USER)

    def sign(text: bytes) -> str:
        r, s = signer.sign(text)
        return bytes(r.rjust(32, b"\0") + s.rjust(32, b"\0")).hex()  # a half may begin with zero

    return sign


def national_signature(secret: str, service: str, requester: str, at: str) -> str:
    """base64(HMAC-SHA256(secret, sid + rid + rtime))."""
    text = f"{service}{requester}{at}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
