"""PAdES signatures on annotated copies, by pyHanko under the installation's own authority."""

from __future__ import annotations

import io
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.keys.pemder import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certs.seals.authority import certificates
from kernel.house import House


def sign(house: House, pdf: bytes, reason: str) -> bytes:
    """The PDF with a signature over all of it (PAdES B-B, SHA-256, the seal key)."""
    held = certificates(house)
    make_store: Any = SimpleCertificateStore  # untyped there
    key = house.keys.seal.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signer = signers.SimpleSigner(
        signing_cert=pyhanko_certificate(held.seal),
        signing_key=load_private_key_from_pemder_data(key, None),
        # The authority's certificate stays out: nothing in the file would cover its bytes.
        cert_registry=make_store(),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
    )
    signed: Any = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer)
    return bytes(signed.getvalue())


def pyhanko_certificate(certificate: x509.Certificate) -> Any:
    """The certificate as pyHanko takes it."""
    data = certificate.public_bytes(serialization.Encoding.DER)
    return next(iter(load_certs_from_pemder_data(data)))
