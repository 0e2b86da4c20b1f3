"""PAdES signatures on annotated copies, by pyHanko under the installation's own authority."""

from __future__ import annotations

import io
from typing import Any

from asn1crypto import algos
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.keys.pemder import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certs.seals.authority import certificates
from kernel.errors import Stop
from kernel.house import House
from kernel.signers.public import Signer


def sign(house: House, pdf: bytes, reason: str) -> bytes:
    """The PDF with a signature over all of it (PAdES B-B, SHA-256, the seal key)."""
    held = certificates(house)
    make_store: Any = SimpleCertificateStore  # untyped there
    signer = _Plug(
        house.keys.seal.signer(),
        signing_cert=pyhanko_certificate(held.seal),
        # The authority's certificate stays out: nothing in the file would cover its bytes.
        cert_registry=make_store(),
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
    )
    signed: Any = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer)
    return bytes(signed.getvalue())


class _Plug(signers.Signer):
    """Our signer in pyHanko's shape: a file's or a device's key."""

    def __init__(self, key: Signer, **about: Any) -> None:
        self._key = key
        super().__init__(**about)

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The signature; a first call only asks how long one is."""
        if digest_algorithm != "sha256":
            raise Stop(f"a copy is signed over SHA-256, not {digest_algorithm}")
        return bytes(72) if dry_run else self._key.sign(data)


def pyhanko_certificate(certificate: x509.Certificate) -> Any:
    """The certificate as pyHanko takes it."""
    data = certificate.public_bytes(serialization.Encoding.DER)
    return next(iter(load_certs_from_pemder_data(data)))
