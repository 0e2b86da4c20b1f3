"""The signature value of our PDFs, byte for byte.

Part of a CMS value is covered by no signature (versions, lists of algorithms, the signer's name).
Ours is written in one way only, so whatever differs from that was changed.
"""

from __future__ import annotations

from typing import Any

from asn1crypto import cms

SHA256 = {"algorithm": "sha256"}


def as_we_write_it(padded: bytes) -> bool:
    """Whether a signature value, zero-padded as PDFs hold it, is as `certs.seals.pades` writes."""
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
    sid = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
            "digest_algorithm": SHA256,
            "signed_attrs": signer["signed_attrs"],
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signer["signature"],
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [SHA256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [info],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": content})
