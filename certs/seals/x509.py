"""X.509 certificates, written by whoever holds a signing key: P-256 or SM2 (GM/T 0015).

`cryptography` writes none for SM2 and none by a device's key; asn1crypto writes any.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509

from kernel.signers.public import PublicKey, Signer, of_der

#: ECDSA with SHA-256; SM2 with SM3 (GM/T 0006).
SIGNED_BY: Final = {"p256": "1.2.840.10045.4.3.2", "sm2": "1.2.156.10197.1.501"}
#: Our policies, under an identifier of our own (2.25: a UUID, which needs no registration).
POLICY: Final = "2.25.215826342107405193714186047250342735873"
SEALS: Final = f"{POLICY}.1"  # seals batches of licences and annotated copies
ANY_POLICY: Final = "2.5.29.32.0"


@dataclass(frozen=True)
class Wanted:
    """What a certificate is to say. Times with a time zone."""

    subject: str  # common name
    public: PublicKey
    since: datetime
    until: datetime
    policies: Sequence[str]
    ca: bool


def issue(wanted: Wanted, issuer: str, signer: Signer) -> bytes:
    """The certificate, DER. `issuer`: the authority's common name, `signer`: its key."""
    algorithm = {"algorithm": SIGNED_BY[signer.public.algorithm]}
    content = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(126) | 1 << 126,
            "signature": algorithm,
            "issuer": x509.Name.build({"common_name": issuer}),
            "validity": {"not_before": _time(wanted.since), "not_after": _time(wanted.until)},
            "subject": x509.Name.build({"common_name": wanted.subject}),
            "subject_public_key_info": asn1_keys.PublicKeyInfo.load(wanted.public.der),
            "extensions": _extensions(wanted, signer.public),
        }
    )
    made = x509.Certificate(
        {
            "tbs_certificate": content,
            "signature_algorithm": algorithm,
            "signature_value": signer.sign(content.dump()),
        }
    )
    return bytes(made.dump())


def public_of(certificate: bytes) -> PublicKey:
    """The key that a DER certificate is about. Raises BadInput on another kind of key."""
    found: Any = x509.Certificate.load(certificate)
    return of_der(bytes(found["tbs_certificate"]["subject_public_key_info"].dump()))


def _extensions(wanted: Wanted, issuer: PublicKey) -> list[dict[str, Any]]:
    basic = {"ca": True, "path_len_constraint": 0} if wanted.ca else {"ca": False}
    usage = {"key_cert_sign", "crl_sign"} if wanted.ca else {"digital_signature", "non_repudiation"}
    return [
        _extension("basic_constraints", basic, critical=True),
        _extension("key_usage", usage, critical=True),
        _extension("key_identifier", _identifier(wanted.public)),
        _extension("authority_key_identifier", {"key_identifier": _identifier(issuer)}),
        _extension("certificate_policies", [{"policy_identifier": one} for one in wanted.policies]),
    ]


def _extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _identifier(key: PublicKey) -> bytes:
    """A name of the key, not a protection: RFC 7093, method 1; SM3 for SM2 keys."""
    if key.algorithm == "sm2":
        return bytes.fromhex(key.key_id)[:20]
    return hashlib.sha256(key.point).digest()[:20]


def _time(at: datetime) -> x509.Time:
    at = at.astimezone(UTC).replace(microsecond=0)
    return x509.Time({"utc_time": at} if at.year < 2050 else {"general_time": at})
