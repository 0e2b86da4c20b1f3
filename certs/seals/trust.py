"""Whom a verifier trusts: certificate authorities of seals on PDFs, keys of licence batches.

The trust file holds the same for anybody outside: with it, `zhongtai certs verify` needs neither
an installation nor a network. It is public; its digest is compared over another way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from certs.seals.authority import authority_of, certificates
from kernel.canonical import canonical
from kernel.errors import BadInput
from kernel.house import House
from kernel.signers.ring import KnownKey
from ledger.events import moment
from ledger.files import key_facts, known_keys

FORMAT = "zhongtai-trust-1"


@dataclass(frozen=True)
class Trust:
    """Public material only. Keys retired long ago are in it: they verify what they sealed."""

    authorities: tuple[x509.Certificate, ...]
    seal_keys: tuple[KnownKey, ...]
    #: Other people's authorities and signers, for their files; ours are told apart from these.
    others: tuple[x509.Certificate, ...] = ()
    #: Those of lists that have expired: not trusted, but a verdict says why.
    lapsed: tuple[x509.Certificate, ...] = ()
    ledger_keys: tuple[KnownKey, ...] = ()


def trust_of(house: House) -> Trust:
    """What this installation's own seals are verified by."""
    certificates(house)  # made at first use
    known = house.keys.ledger.known()
    return Trust((authority_of(house),), house.keys.seal.known(), ledger_keys=known)


def trust_file(house: House) -> bytes:
    """The trust file: canonical JSON of authorities, seal keys and ledger keys."""
    trust = trust_of(house)
    return canonical(
        {
            "format": FORMAT,
            "profile": house.profile.name,
            "made_at": moment(house.clock()),
            "authorities": [_pem(one) for one in trust.authorities],
            "seal_keys": key_facts(trust.seal_keys),
            "ledger_keys": key_facts(trust.ledger_keys),
        }
    )


def read_trust(data: bytes) -> Trust:
    """What a trust file says. Raises BadInput when it is none."""
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise BadInput(f"a trust file has the format {FORMAT}")
        authorities = [x509.load_pem_x509_certificate(one.encode()) for one in said["authorities"]]
        ledger = known_keys(said["ledger_keys"])
        return Trust(tuple(authorities), known_keys(said["seal_keys"]), ledger_keys=ledger)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput("the trust file is not one that `zhongtai certs trust` writes") from None


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
