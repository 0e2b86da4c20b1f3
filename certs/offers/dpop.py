"""DPoP (RFC 9449): a token counts only beside a fresh proof of the key that it was given to.

The key is not kept: its thumbprint goes into the keyed hash of the token. What was given to a key
is hence not found without that key's proof, nor as a bearer's. A proof's `jti` is taken once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection

from certs.offers.wrong import Wrong
from certs.wallet import jws
from kernel.house import House
from landing import pushed

TYPE: Final = "dpop+jwt"
LASTS: Final = timedelta(minutes=5)
LONGEST: Final = 8_000
PORTS: Final = {"https": 443, "http": 80}
USED = Wrong("invalid_dpop_proof", "the proof was used before: sign every request anew")


@dataclass(frozen=True)
class Proved:
    """`key`: the thumbprint (RFC 7638) of the key that signed; `jti`: the proof's own name."""

    key: str
    jti: str


def proved(
    house: House, proofs: Sequence[str], url: str, token: str | None = None
) -> Proved | Wrong:
    """What a `POST` to this address proves by its `DPoP` headers; whether it was used is not asked.

    `token`: the access token shown beside it, which the proof must name then.
    """
    if len(proofs) != 1:
        return Wrong("invalid_dpop_proof", f"one DPoP header is needed, not {len(proofs)}")
    try:
        header, said = _read(proofs[0])
        at = datetime.fromtimestamp(int(said["iat"]), house.clock().tzinfo)
        here = (said["htm"], _address(said["htu"])) == ("POST", _address(url))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        says = f"the proof is no {TYPE}, signed by ES256 with its jwk, with htm, htu, iat and jti"
        return Wrong("invalid_dpop_proof", says)
    except RecursionError:
        return Wrong("invalid_dpop_proof", "the proof is nested too deep")
    fault = None
    if not here:
        fault = f"the proof is not for POST {url}"
    elif abs(house.clock() - at) > LASTS:
        fault = "the proof is more than five minutes old, or ahead"
    elif token is not None and said.get("ath") != _ath(token):
        fault = "the proof's ath is not that of the access token"
    if fault is not None:
        return Wrong("invalid_dpop_proof", fault)
    return Proved(thumbprint(header["jwk"]), said["jti"])


def _read(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of what its own public key has signed. Raises ValueError and others."""
    if len(proof) > LONGEST:
        raise ValueError("too long")
    header, said = jws.read(proof)
    jti, jwk = said["jti"], header["jwk"]
    if header.get("typ") != TYPE or not isinstance(jti, str) or not jti:
        raise ValueError("another type, or no name")
    if "d" in jwk or not jws.signed_by(proof, jws.key_of(jwk)):
        raise ValueError("a private key, or not signed by it")
    return header, said


def first_time(conn: Connection, house: House, proof: Proved) -> bool:
    """Whether the proof was not used before; now it is."""
    return pushed.taken(conn, house, f"dpop/{proof.key}", proof.jti, 2 * LASTS)


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638, of a P-256 key: base64url of SHA-256."""
    said = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return jws.encode(hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).digest())


def _ath(token: str) -> str:
    return jws.encode(hashlib.sha256(token.encode()).digest())


def _address(url: str) -> tuple[str, str, int, str]:
    """An address without its query and fragment. Raises ValueError on none of http."""
    parts = urlsplit(url)
    port = parts.port or PORTS.get(parts.scheme)
    if not parts.hostname or port is None:
        raise ValueError("no address")
    return parts.scheme, parts.hostname, port, parts.path
