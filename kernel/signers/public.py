"""Public keys by which seals and heads are verified, and what a signer is."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kernel import sm2
from kernel.errors import BadInput
from kernel.libcrypto import PUBLIC_START as SM2_SPKI

Algorithm = Literal["p256", "sm2"]
#: SubjectPublicKeyInfo around the 65 bytes of a P-256 point (RFC 5480).
P256_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
ECDSA: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class PublicKey:
    """A P-256 or SM2 key. `der` is its SubjectPublicKeyInfo."""

    algorithm: Algorithm
    der: bytes

    @cached_property
    def key_id(self) -> str:
        """SHA-256, for SM2 keys SM3, of `der`, hex."""
        if self.algorithm == "sm2":
            return sm2.sm3(self.der).hex()
        return hashlib.sha256(self.der).hexdigest()

    @property
    def point(self) -> bytes:
        """The 65 bytes of the point, uncompressed."""
        return self.der[-65:]

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed the message: ECDSA with SHA-256, or SM2 with SM3; DER."""
        if self.algorithm == "sm2":
            return sm2.verify(self.point, message, signature)
        try:
            self._p256.verify(signature, message, ECDSA)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _p256(self) -> ec.EllipticCurvePublicKey:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)

    def pem(self) -> str:
        """The key as PEM."""
        text = base64.encodebytes(self.der).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n"


class Signer(Protocol):
    """Whoever can sign with one key: a file, a device."""

    @property
    def public(self) -> PublicKey:
        """By what its signatures are verified."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature of the message, DER (r, s)."""
        ...


def of_p256(key: ec.EllipticCurvePublicKey) -> PublicKey:
    """A key of `cryptography` as ours."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return of_der(der)


def of_sm2(point: bytes) -> PublicKey:
    """An SM2 point (65 bytes) as a key."""
    return PublicKey("sm2", SM2_SPKI + point)


def of_der(der: bytes) -> PublicKey:
    """A SubjectPublicKeyInfo. Raises BadInput on anything but a point of P-256 or SM2."""
    if len(der) == len(SM2_SPKI) + 65 and der.startswith(SM2_SPKI):
        return PublicKey("sm2", der)
    if len(der) == len(P256_SPKI) + 65 and der.startswith(P256_SPKI):
        made = PublicKey("p256", der)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), made.point)
        except ValueError:
            raise BadInput("a P-256 public key that is no point of the curve") from None
        return made
    raise BadInput("a public key of seals is P-256 or SM2, uncompressed")


def of_pem(text: str) -> PublicKey:
    """A key in PEM. Raises BadInput."""
    lines = text.strip().splitlines()
    if not lines or lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1].count("END PUBLIC") != 1:
        raise BadInput("a public key in PEM begins with -----BEGIN PUBLIC KEY-----")
    try:
        return of_der(base64.b64decode("".join(lines[1:-1]), validate=True))
    except ValueError:
        raise BadInput("a public key in PEM whose text is not base64") from None
