"""Whether an authority that we trust stands behind a certificate. Nothing is fetched.

What is trusted is trusted as it is: an authority's certificate, or a signer's own. Revocation is
not looked up: a verifier without a network cannot know it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certs.seals.trust import Trust
from certs.verifying.keys import issued
from kernel.sm2x509 import BROKEN

#: Most certificates between a signer and an authority, and most that are looked through for them.
LONGEST: Final = 5
MOST: Final = 50


def anchors(trust: Trust) -> list[Any]:
    """The certificates that are trusted, as asn1crypto reads them."""
    found: Any = x509.Certificate
    return [
        found.load(one.public_bytes(Encoding.DER)) for one in (*trust.authorities, *trust.others)
    ]


def known(certificate: Any, others: Sequence[Any], trust: Trust) -> bool:
    """Whether a chain leads from the certificate to one that is trusted."""
    trusted = anchors(trust)
    written = {bytes(one.dump()) for one in trusted}
    at = certificate
    for _ in range(LONGEST):
        if bytes(at.dump()) in written:
            return True
        if any(_made(at, one) for one in trusted):
            return True
        above = next((one for one in others[:MOST] if one is not at and _made(at, one)), None)
        if above is None:
            return False
        at = above
    return False


def valid_at(certificate: Any, at: datetime) -> bool:
    """Whether the time is within the certificate's days."""
    try:
        return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)
    except BROKEN:
        return False


def _made(certificate: Any, issuer: Any) -> bool:
    """Whether the issuer, an authority, made the certificate, within its own days."""
    try:
        named = certificate.issuer.hashable == issuer.subject.hashable
        made_on = certificate.not_valid_before
        return (
            named and bool(issuer.ca) and valid_at(issuer, made_on) and issued(certificate, issuer)
        )
    except BROKEN:
        return False
