"""The province's identity service: it looks a person in the face and signs what it found.

Here every person of the city is whom they say they are. What leaves is a signed result about one
case; no picture comes or goes.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from starlette.responses import Response

from city.servers.call import Call, Routes
from city.servers.errors import Answer
from city.world.numbers import valid_citizen

SERVICE = "jiangxi"
NEEDED = ("case", "number")
JSON = "application/json"


def new_key() -> str:
    """A P-256 key in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(private: str) -> str:
    """Its public half in PEM."""
    public = _key(private).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def seen(private: str, case: str, number: str) -> str:
    """The signed result, as text: this person stood before the camera just now, for that case."""
    said = {
        "format": "zhongtai-presence-1",
        "service": SERVICE,
        "case": case,
        "kind": "person",
        "number": number,
        "level": 3,
        "method": "face",
        "at": datetime.now(UTC).isoformat(),
        "nonce": secrets.token_hex(16),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signature = _key(private).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    signed = {**said, "signature": base64.b64encode(signature).decode()}
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":"))


def routes(private: str) -> Routes:
    """`POST /face` {"case", "number"}: a signed result about that person."""

    def face(call: Call) -> Response:
        asked = call.texts(*NEEDED)
        if not valid_citizen(asked["number"]):
            raise Answer(400, "nobody has this number")
        return Response(seen(private, asked["case"], asked["number"]), 200, None, JSON)

    return {("POST", "/face"): face}


def _key(private: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(private.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the identity service signs with P-256")
    return key
