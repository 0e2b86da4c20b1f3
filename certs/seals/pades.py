"""PAdES signatures on annotated copies, by pyHanko under the installation's own authority."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.keys.pemder import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certs.seals import cms
from certs.seals.authority import certificates, ends
from kernel.errors import PersonMustAct, Stop
from kernel.house import House
from kernel.signers.public import Signer

FIELD: Final = "Seal"
#: Hexadecimal digits for a value of SM2, twice what one needs.
ROOM: Final = 8192


def sign(house: House, pdf: bytes, reason: str) -> bytes:
    """The PDF with a signature over all of it: PAdES B-B by the seal key, SHA-256 or SM3.

    Raises PersonMustAct when the seal's certificate has ended: other readers would not know it.
    """
    seal = certificates(house).seal
    if ends(seal) <= house.clock():
        raise PersonMustAct(
            f"the certificate of the seal ended on {ends(seal):%Y-%m-%d}: run `zhongtai keys renew`"
        )
    certificate = pyhanko_certificate(seal)
    key = house.keys.seal.signer()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    if key.public.algorithm == "sm2":
        return _sign_sm2(writer, key, certificate, reason, house.clock())
    return _sign_p256(writer, key, certificate, reason)


def _sign_p256(writer: Any, key: Signer, certificate: Any, reason: str) -> bytes:
    make_store: Any = SimpleCertificateStore  # untyped there
    signer = _Plug(
        key,
        signing_cert=certificate,
        # The authority's certificate stays out: nothing in the file would cover its bytes.
        cert_registry=make_store(),
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
    )
    signed: Any = signers.sign_pdf(writer, about, signer=signer)
    return bytes(signed.getvalue())


def _sign_sm2(writer: Any, key: Signer, certificate: Any, reason: str, at: datetime) -> bytes:
    """pyHanko has no SM2: it makes the place for a value, which is written here."""
    embedding = PdfCMSEmbedder().write_cms(FIELD, writer)
    next(embedding)
    place = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, reason=reason, bytes_reserved=ROOM
    )
    embedding.send(SigObjSetup(sig_placeholder=place))
    prepared, out = embedding.send(SigIOSetup(md_algorithm="sm3"))
    value = cms.sm2_value(certificate, prepared.document_digest, key.sign)
    embedding.send(value)
    return bytes(out.getvalue())


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
