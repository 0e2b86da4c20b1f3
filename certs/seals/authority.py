"""The installation's own small certificate authority, and the seal key's certificate under it.

Made once, at first use, beside the keys: `keys/ca.pem` (0600), `keys/ca.crt`, `keys/seal.crt`.
For the embedded default and for tests; a production seal is a certified device's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kernel.errors import Stop
from kernel.house import House

YEARS = timedelta(days=3650)
CA_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Zhongtai seal authority")])
SEAL_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Zhongtai licence seal")])


@dataclass(frozen=True)
class SealCertificates:
    """The seal's certificate and the authority's."""

    seal: x509.Certificate
    authority: x509.Certificate


def certificates(house: House) -> SealCertificates:
    """Read the certificates, made first where there are none. Raises Stop on another key's."""
    folder = house.settings.home / "keys"
    if not (folder / "seal.crt").is_file():
        _make(folder, house.keys.seal.public_key(), house.clock())
    seal, authority = (_read(folder / name) for name in ("seal.crt", "ca.crt"))
    if seal.public_key() != house.keys.seal.public_key():
        raise Stop(f"{folder / 'seal.crt'} is not the certificate of the key seal.pem")
    return SealCertificates(seal, authority)


def _make(folder: Path, seal_key: ec.EllipticCurvePublicKey, now: datetime) -> None:
    """Two processes may meet here: each file is taken from whoever wrote it first."""
    ca_key = _keep(folder / "ca.pem", _key_bytes(ec.generate_private_key(ec.SECP256R1())))
    private = serialization.load_pem_private_key(ca_key, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise Stop(f"{folder / 'ca.pem'} is not an elliptic-curve key")
    authority = _certificate(CA_NAME, private.public_key(), private, now, ca=True)
    _keep(folder / "ca.crt", _certificate_bytes(authority))
    seal = _certificate(SEAL_NAME, seal_key, private, now, ca=False)
    _keep(folder / "seal.crt", _certificate_bytes(seal))


def _certificate(
    name: x509.Name,
    key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    ca: bool,
) -> x509.Certificate:
    issuer = signer.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(CA_NAME)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEARS)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
    )
    return builder.sign(signer, hashes.SHA256())


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(file: Path, data: bytes) -> bytes:
    """Write the file unless it is there; the bytes that are in it then."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_bytes()


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate_bytes(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())
