"""Signatures by the key in a certificate: SM2 with SM3, RSA and ECDSA with SHA or SM3.

Algorithms are named by their dotted identifiers. What is not in the tables is not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import load_der_x509_certificate

from kernel import sm2
from kernel.sm2x509 import BROKEN, CURVE, signed_by

SM3: Final = "1.2.156.10197.1.401"
#: Digests by identifier, and by the names that OFD files use instead.
_DIGESTS: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    SM3: hashes.SM3,
    "1.2.156.10197.1.401.1": hashes.SM3,  # "without a key"; 401.2 has one, which nobody tells
    "1.3.14.3.2.26": hashes.SHA1,
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
_DIGEST_NAMES: Final = {
    "sm3": SM3,
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
#: Signature algorithms: which key signs, over which digest (None: the caller says).
_SIGNATURES: Final[dict[str, tuple[str, str | None]]] = {
    "1.2.156.10197.1.501": ("sm2", SM3),
    "1.2.156.10197.1.301": ("sm2", SM3),
    "1.2.156.10197.1.301.1": ("sm2", SM3),
    "1.2.156.10197.1.504": ("rsa", SM3),
    "1.2.840.113549.1.1.1": ("rsa", None),
    "1.2.840.113549.1.1.5": ("rsa", "1.3.14.3.2.26"),
    "1.2.840.113549.1.1.11": ("rsa", "2.16.840.1.101.3.4.2.1"),
    "1.2.840.113549.1.1.12": ("rsa", "2.16.840.1.101.3.4.2.2"),
    "1.2.840.113549.1.1.13": ("rsa", "2.16.840.1.101.3.4.2.3"),
    "1.2.840.10045.2.1": ("ec", None),
    "1.2.840.10045.4.1": ("ec", "1.3.14.3.2.26"),
    "1.2.840.10045.4.3.2": ("ec", "2.16.840.1.101.3.4.2.1"),
    "1.2.840.10045.4.3.3": ("ec", "2.16.840.1.101.3.4.2.2"),
    "1.2.840.10045.4.3.4": ("ec", "2.16.840.1.101.3.4.2.3"),
}


class Unsupported(ValueError):
    """An algorithm or a form that is not checked here: neither right nor wrong."""


@dataclass(frozen=True)
class Algorithm:
    """Which key signs (sm2, rsa or ec), over which digest (dotted)."""

    key: str
    digest: str


def digest_named(name: str) -> str:
    """The identifier of a digest given by identifier or name. Raises Unsupported."""
    folded = name.strip().lower().replace("-", "").replace("_", "")
    found = _DIGEST_NAMES.get(folded, folded)
    if found not in _DIGESTS:
        raise Unsupported("摘要算法不受支持或已不安全")
    return found


def digest(name: str, data: bytes) -> bytes:
    """The digest of data by a digest's identifier. Raises Unsupported."""
    if name not in _DIGESTS:
        raise Unsupported("摘要算法不受支持或已不安全")
    made = hashes.Hash(_DIGESTS[name]())
    made.update(data)
    return made.finalize()


def algorithm(identifier: str, digest_of: str | None = None) -> Algorithm:
    """The algorithm of a signature identifier; `digest_of` where that names none.

    Raises Unsupported.
    """
    key, own = _SIGNATURES.get(identifier.strip(), ("", None))
    used = own or digest_of
    if not key or used is None or used not in _DIGESTS:
        raise Unsupported("签名算法不受支持")
    return Algorithm(key, used)


def read_certificate(der: bytes) -> x509.Certificate:
    """A DER certificate, with no byte too many. Raises ValueError."""
    try:
        found: Any = x509.Certificate.load(der, strict=True)
        found["tbs_certificate"]["subject_public_key_info"].native  # noqa: B018 - parses the key
        found.not_valid_before, found.not_valid_after  # noqa: B018 - and the days
    except BROKEN:
        raise ValueError("not a certificate") from None
    return found


def signed(certificate: Any, used: Algorithm, signature: bytes, message: bytes) -> bool:
    """Whether the certificate's key made this signature of the message.

    Raises Unsupported when the key is of a kind not checked here.
    """
    info = certificate["tbs_certificate"]["subject_public_key_info"]
    if _kind(info) != used.key:
        return False
    if used.key == "sm2":
        public = bytes(info["public_key"].native)
        return used.digest == SM3 and sm2.verify(public, message, signature)
    return _by_cryptography(bytes(info.dump()), used, signature, message)


def _kind(info: Any) -> str:
    kind = info["algorithm"]["algorithm"].native
    if kind == "ec":
        return "sm2" if info["algorithm"]["parameters"].native == CURVE else "ec"
    return str(kind)


def _by_cryptography(spki: bytes, used: Algorithm, signature: bytes, message: bytes) -> bool:
    made = _DIGESTS[used.digest]()
    try:
        key = serialization.load_der_public_key(spki)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), made)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(made))
        else:
            return False
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError):
        raise Unsupported("签章证书的密钥不受支持") from None
    return True


def issued(certificate: Any, issuer: Any) -> bool:
    """Whether the issuer's key signed the certificate; False for what is not checked here."""
    if _kind(issuer["tbs_certificate"]["subject_public_key_info"]) == "sm2":
        public = issuer["tbs_certificate"]["subject_public_key_info"]["public_key"].native
        return signed_by(bytes(certificate.dump()), bytes(public))
    try:
        above = load_der_x509_certificate(bytes(issuer.dump()))
        load_der_x509_certificate(bytes(certificate.dump())).verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
