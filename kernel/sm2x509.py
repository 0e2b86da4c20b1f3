"""SM2 keys in X.509 certificates (GM/T 0015): the public key, and who signed the certificate.

`cryptography` does not read them; asn1crypto does, knowing nothing of the curve.
"""

from __future__ import annotations

from typing import Any, Final

from asn1crypto import x509

from kernel import sm2
from kernel.errors import BadInput

CURVE: Final = "1.2.156.10197.1.301"
SIGNED_SM3: Final = "1.2.156.10197.1.501"
#: What a broken DER value can make asn1crypto raise.
BROKEN: Final = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)


def public_key(certificate: bytes) -> bytes:
    """The SM2 public key (65 bytes) of a DER certificate. Raises BadInput when it has none."""
    try:
        found: Any = x509.Certificate.load(certificate, strict=True)
        info = found["tbs_certificate"]["subject_public_key_info"]
        kind, curve = info["algorithm"]["algorithm"].native, info["algorithm"]["parameters"].native
        key = bytes(info["public_key"].native)
    except BROKEN:
        raise BadInput("the certificate is no DER X.509 certificate") from None
    if kind != "ec" or curve != CURVE or len(key) != sm2.PUBLIC:
        raise BadInput("the certificate's key is no uncompressed SM2 key")
    return key


def signed_by(certificate: bytes, issuer: bytes) -> bool:
    """Whether a DER certificate is signed with SM2 and SM3 by this public key (65 bytes)."""
    try:
        found: Any = x509.Certificate.load(certificate, strict=True)
        outer = found["signature_algorithm"]
        same = outer.dump() == found["tbs_certificate"]["signature"].dump()
        if not same or outer["algorithm"].dotted != SIGNED_SM3:
            return False
        message = bytes(found["tbs_certificate"].dump())
        signature = bytes(found["signature_value"].native)
    except BROKEN:
        return False
    return sm2.verify(issuer, message, signature)
