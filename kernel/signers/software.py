"""Signing keys in files (PKCS#8 PEM, 0600): P-256 or SM2."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kernel import sm2
from kernel.errors import BadInput, Stop
from kernel.libcrypto import PRIVATE_START
from kernel.signers.public import ECDSA, Algorithm, PublicKey, Signer, of_p256, of_sm2

BEGIN, END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


class P256File:
    """A P-256 key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public: PublicKey = of_p256(key.public_key())

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256."""
        return self._key.sign(message, ECDSA)


class Sm2File:
    """An SM2 key."""

    def __init__(self, private: bytes) -> None:
        self._private = private
        self.public: PublicKey = of_sm2(sm2.public_of(private))

    def sign(self, message: bytes) -> bytes:
        """SM2 with SM3, under the default identity."""
        return sm2.sign(self._private, message)


def new_pem(algorithm: Algorithm) -> bytes:
    """A fresh private key as the bytes of its file."""
    if algorithm == "sm2":
        text = base64.encodebytes(PRIVATE_START + sm2.new_key()).decode()
        return f"{BEGIN}\n{text}{END}\n".encode()
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def read(file: Path) -> Signer:
    """The signer of a key file. Raises Stop when it is gone, damaged or of another kind."""
    try:
        pem = file.read_bytes()
    except FileNotFoundError:
        raise Stop(f"the key {file} is gone: put it back from its backup") from None
    private = _sm2_private(pem)
    try:
        if private is not None:
            return Sm2File(private)
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, BadInput):
        raise _damaged(file) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise _damaged(file)
    return P256File(key)


def _sm2_private(pem: bytes) -> bytes | None:
    """The 32 bytes of an SM2 key as `new_pem` writes it; None for what it does not write."""
    lines = pem.decode("ascii", "replace").split("\n")
    if lines[0] != BEGIN or lines[-2:] != [END, ""]:
        return None
    try:
        der = base64.b64decode("".join(lines[1:-2]), validate=True)
    except ValueError:
        return None
    start, private = der[: len(PRIVATE_START)], der[len(PRIVATE_START) :]
    return private if start == PRIVATE_START else None


def _damaged(file: Path) -> Stop:
    return Stop(f"the key {file} is damaged: put it back from its backup")
