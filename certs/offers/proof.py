"""The proof of a wallet that it holds a key: a JWT over our address and a nonce of ours.

Nonces are stateless: a time and random bytes under a keyed hash, good for five minutes. One may be
used twice; the access token may not.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from certs.offers.wrong import Wrong
from certs.wallet import jws
from kernel.crypto import keyed_hash
from kernel.house import House
from kernel.signers.public import PublicKey

TYPE: Final = "openid4vci-proof+jwt"
LASTS: Final = timedelta(minutes=5)
LONGEST: Final = 8_000


def nonce(house: House) -> str:
    """A fresh nonce for a wallet's proof."""
    said = f"{int(house.clock().timestamp())}.{secrets.token_urlsafe(16)}"
    return f"{said}.{_mac(house, said)}"


def wallet_key(house: House, proof: str, audience: str) -> PublicKey | Wrong:
    """The key that a wallet has proved to hold."""
    try:
        if len(proof) > LONGEST:
            raise ValueError("too long")
        header, payload = jws.read(proof)
        key = jws.key_of(header["jwk"])
        at = datetime.fromtimestamp(int(payload["iat"]), house.clock().tzinfo)
        sound = (
            header.get("typ") == TYPE
            and payload["aud"] == audience
            and abs(house.clock() - at) <= LASTS
            and jws.signed_by(proof, key)
        )
        asked = str(payload["nonce"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        return Wrong("invalid_proof", "the proof is no JWT of ES256 with jwk, aud, iat and nonce")
    except RecursionError:
        return Wrong("invalid_proof", "the proof is nested too deep")
    if not sound:
        return Wrong("invalid_proof", f"the proof is not for {audience}, not of now or not signed")
    if not _ours(house, asked):
        return Wrong("invalid_nonce", "the nonce is not ours or older than five minutes")
    return key


def _ours(house: House, asked: str) -> bool:
    said, _, mac = asked.rpartition(".")
    at = said.partition(".")[0]
    if not hmac.compare_digest(mac.encode(), _mac(house, said).encode()):
        return False
    return 0 <= house.clock().timestamp() - int(at) <= LASTS.total_seconds()


def _mac(house: House, said: str) -> str:
    return keyed_hash(house.keys.index, "wallet", "nonce", said)
