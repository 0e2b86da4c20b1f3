"""The signature value of our PDFs, byte for byte.

Part of a CMS value is covered by no signature (versions, lists of algorithms, the signer's name).
Ours is written in one way only, so whatever differs from that was changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from asn1crypto import algos, cms, tsp, x509

from kernel import sm2

#: Digest and signature of a copy, by the kind of its signer's key (SM2 with SM3: GM/T 0006).
ALGORITHMS: Final = {
    "p256": ("sha256", "sha256_ecdsa"),
    "sm2": ("1.2.156.10197.1.401", "1.2.156.10197.1.501"),
}
SM2_CURVE: Final = "1.2.156.10197.1.301"


def sm2_value(
    certificate: x509.Certificate, digest: bytes, sign: Callable[[bytes], bytes]
) -> bytes:
    """The signature value over a document's SM3 digest, with the attributes of PAdES B-B."""
    used, _ = ALGORITHMS["sm2"]
    named = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": used}),
            "cert_hash": sm2.sm3(certificate.dump()),
        }
    )
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [tsp.SigningCertificateV2({"certs": [named]})],
                }
            ),
        ]
    )
    value = _written(certificate, attributes, sign(bytes(attributes.dump())))
    return bytes(value.dump())


def as_we_write_it(padded: bytes) -> bool:
    """Whether a signature value, zero-padded as PDFs hold it, is written as `pades` does."""
    try:
        found: Any = cms.ContentInfo.load(padded[: _length(padded)], strict=True)
        written = bytes(_rebuilt(found["content"]).dump())
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
    return padded[: len(written)] == written and not any(padded[len(written) :])


def _length(padded: bytes) -> int:
    """Length of the outermost DER value, of two length octets."""
    if padded[:2] != b"\x30\x82":
        raise ValueError("not a value of that size")
    return 4 + int.from_bytes(padded[2:4], "big")


def _rebuilt(signed: Any) -> Any:
    """The same signature, attributes and certificate in a value made anew."""
    (certificate,) = (one.chosen for one in signed["certificates"])
    (signer,) = signed["signer_infos"]
    return _written(certificate, signer["signed_attrs"], signer["signature"])


def _written(certificate: Any, attributes: Any, signature: Any) -> Any:
    key = certificate["tbs_certificate"]["subject_public_key_info"]["algorithm"]
    digest, signed_by = ALGORITHMS["sm2" if key["parameters"].native == SM2_CURVE else "p256"]
    sid = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
            "digest_algorithm": {"algorithm": digest},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": signed_by},
            "signature": signature,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": digest}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [info],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": content})
