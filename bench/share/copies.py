"""Annotated copies, from the request to the stored file, against bare pyHanko signatures.

Both are measured in one run, one after the other in turn, on the same machine under the same load:
a copy is `certs.copies.share.fetch` (right, drawing, signature, encryption, object store, right
again, ledger); a bare signature is pyHanko's `sign_pdf` with a P-256 key over a page that is
already drawn, and nothing else.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

#: Copies are to take at most so many times a bare signature (95th percentile of each).
ALLOWED = 4.0
#: The first of a process open the font; they are made before measuring.
WARM = 3


@dataclass(frozen=True)
class Copies:
    """Seconds at the 95th percentile, and how they compare."""

    copies: int
    copy_p50: float
    copy_p95: float
    bare_p50: float
    bare_p95: float

    @property
    def ratio(self) -> float:
        """The 95th percentile of a copy in bare signatures."""
        return self.copy_p95 / self.bare_p95

    @property
    def reached(self) -> bool:
        """Whether the ratio is what is allowed."""
        return self.ratio <= ALLOWED


def measure(fetch: Callable[[int], bytes], page: bytes, times: int) -> Copies:
    """Make `times` copies and as many bare signatures, in turn.

    `fetch`: makes the n-th copy and gives its bytes. `page`: an unsigned PDF page as copies are.
    """
    bare = bare_signature()
    for number in range(WARM):
        fetch(number)
        bare(page)
    taken: list[float] = []
    signed: list[float] = []
    for number in range(times):
        taken.append(_seconds(partial(fetch, WARM + number)))
        signed.append(_seconds(partial(bare, page)))
    return Copies(times, _at(taken, 0.5), _at(taken, 0.95), _at(signed, 0.5), _at(signed, 0.95))


def bare_signature() -> Callable[[bytes], bytes]:
    """pyHanko alone, its key and certificate loaded: PAdES B-B over a PDF."""
    key = ec.generate_private_key(ec.SECP256R1())
    store: Any = SimpleCertificateStore
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(_certificate(key)),
        signing_key=asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=store(),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )

    def sign(pdf: bytes) -> bytes:
        made: Any = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer
        )
        return bytes(made.getvalue())

    return sign


def _certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bare")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _at(seconds: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
