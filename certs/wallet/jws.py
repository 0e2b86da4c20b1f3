"""Compact JSON Web Signatures (RFC 7515) by P-256 keys: ES256 and nothing else.

There is no registered algorithm for SM2, and no wallet that knows one.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from kernel.errors import BadInput, PersonMustAct
from kernel.signers.public import P256_SPKI, PublicKey, Signer, of_der

ALGORITHM: Final = "ES256"
SIZE: Final = 32


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError on any other writing of them."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError):
        raise ValueError("not base64url") from None
    if encode(data) != text:
        raise ValueError("base64url in a second writing")
    return data


def sign(header: Mapping[str, Any], payload: Mapping[str, Any], signer: Signer) -> str:
    """The signed text. Raises PersonMustAct where the key is none that wallets know."""
    if signer.public.algorithm != "p256":
        raise PersonMustAct("wallets know no SM2: the gm profile issues no SD-JWT")
    said = {"alg": ALGORITHM, **header}
    signed = f"{encode(_json(said))}.{encode(_json(payload))}"
    r, s = decode_dss_signature(signer.sign(signed.encode()))
    signature = r.to_bytes(SIZE, "big") + s.to_bytes(SIZE, "big")
    return f"{signed}.{encode(signature)}"


def read(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, unverified. Raises ValueError when it is no JWS of ES256."""
    first, second, third = text.split(".")
    header, payload = strict(decode(first)), strict(decode(second))
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise ValueError("header and payload are objects")
    if header.get("alg") != ALGORITHM or "crit" in header or len(decode(third)) != 2 * SIZE:
        raise ValueError("another algorithm")
    return header, payload


def signed_by(text: str, key: PublicKey) -> bool:
    """Whether this key signed a text that `read` takes."""
    signed, _, last = text.rpartition(".")
    raw = decode(last)
    if key.algorithm != "p256":
        return False
    numbers = (int.from_bytes(raw[:SIZE], "big"), int.from_bytes(raw[SIZE:], "big"))
    return key.verifies(signed.encode(), encode_dss_signature(*numbers))


def jwk(key: PublicKey) -> dict[str, str]:
    """A P-256 key as a JWK (RFC 7517)."""
    x, y = key.point[1 : 1 + SIZE], key.point[1 + SIZE :]
    return {"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)}


def key_of(said: Mapping[str, Any]) -> PublicKey:
    """The key of a JWK. Raises ValueError when it is no P-256 key."""
    if said["kty"] != "EC" or said["crv"] != "P-256":
        raise ValueError("another kind of key")
    point = b"\x04" + decode(said["x"]) + decode(said["y"])
    try:
        return of_der(P256_SPKI + point)
    except BadInput:
        raise ValueError("no point of the curve") from None


def strict(data: bytes) -> Any:
    """JSON in which no key stands twice and all text can be written down. Raises ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError("a key stands twice")
        return made

    made = json.loads(data, object_pairs_hook=once)
    json.dumps(made, ensure_ascii=False).encode()  # half of a character, escaped, is no text
    return made


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
