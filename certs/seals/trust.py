"""Whom a verifier trusts: certificate authorities of seals on PDFs, keys of licence batches."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certs.seals.authority import certificates
from kernel.house import House


@dataclass(frozen=True)
class Trust:
    """Public material only."""

    authorities: tuple[x509.Certificate, ...]
    seal_keys: tuple[ec.EllipticCurvePublicKey, ...]
    #: Other people's authorities and signers, for their files; ours are told apart from these.
    others: tuple[x509.Certificate, ...] = ()


def trust_of(house: House) -> Trust:
    """What this installation's own seals are verified by."""
    return Trust((certificates(house).authority,), (house.keys.seal.public_key(),))
