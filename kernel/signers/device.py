"""Signing keys in a device that speaks PKCS#11 (an HSM, a card): they never leave it.

P-256 only: PKCS#11 has no standard mechanism for SM2. Needs the extra `pkcs11` (python-pkcs11).
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from kernel.errors import PersonMustAct, RetryLater, Stop
from kernel.signers.public import P256_SPKI, PublicKey, of_der

T = TypeVar("T")
#: The curve's OID in DER, as EC_PARAMS takes it.
PRIME256V1: Final = bytes.fromhex("06082a8648ce3d030107")


@dataclass
class Device:
    """One token of one device. One session a process, since a fork inherits none."""

    module: str  # the vendor's library, an absolute path
    token: str  # the token's label
    pin: Callable[[], str]  # asked for at each login, kept nowhere
    _session: Any = field(default=None, repr=False)
    _process: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def make(self, label: str) -> PublicKey:
        """Make a P-256 key pair in the device; its public key."""
        pkcs11 = _library()

        def generate(session: Any) -> PublicKey:
            named = session.create_domain_parameters(
                pkcs11.KeyType.EC,
                {pkcs11.Attribute.EC_PARAMS: PRIME256V1},
                local=True,
            )
            public, _ = named.generate_keypair(
                store=True,
                label=label,
                id=label.encode(),
                capabilities=pkcs11.MechanismFlag.SIGN,
            )
            return _public(public[pkcs11.Attribute.EC_POINT])

        return self._do(generate)

    def signer(self, label: str, expected: PublicKey) -> DeviceSigner:
        """The signer of that key. Raises Stop when the device holds another one by that name."""
        return DeviceSigner(self, label, expected)

    def sign(self, label: str, message: bytes) -> bytes:
        """The signature by the private key of that label, DER."""
        pkcs11 = _library()
        from pkcs11.util.ec import encode_ecdsa_signature

        digest = hashlib.sha256(message).digest()

        def work(session: Any) -> bytes:
            try:
                key = session.get_key(
                    object_class=pkcs11.ObjectClass.PRIVATE_KEY,
                    key_type=pkcs11.KeyType.EC,
                    label=label,
                )
            except pkcs11.NoSuchKey:
                raise Stop(f"the device's token {self.token} holds no key {label}") from None
            raw = key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
            return bytes(encode_ecdsa_signature(bytes(raw)))

        return self._do(work)

    def _do(self, work: Callable[[Any], T]) -> T:
        """Run it in the session; once more in a new one when the device dropped the old one."""
        pkcs11 = _library()
        with self._lock:
            try:
                return work(self._open(pkcs11))
            except pkcs11.PKCS11Error:
                self._session = None
            try:
                return work(self._open(pkcs11))
            except pkcs11.PKCS11Error as error:
                self._session = None
                raise RetryLater(
                    f"the device's token {self.token} does not sign: {type(error).__name__}"
                ) from None

    def _open(self, pkcs11: Any) -> Any:
        if self._session is None or self._process != os.getpid():
            self._session, self._process = self._login(pkcs11), os.getpid()
        return self._session

    def _login(self, pkcs11: Any) -> Any:
        try:
            library = pkcs11.lib(self.module)
        except (RuntimeError, OSError):  # the library's own errors are RuntimeErrors too
            raise PersonMustAct(
                f"{self.module} is no PKCS#11 library: mend pkcs11_module in settings.json"
            ) from None
        try:
            token = library.get_token(token_label=self.token)
            try:
                return token.open(rw=True, user_pin=self.pin())
            except pkcs11.UserAlreadyLoggedIn:  # a login is the process's, not the session's
                return token.open(rw=True)
        except (pkcs11.NoSuchToken, pkcs11.MultipleTokensReturned):
            raise PersonMustAct(
                f"{self.module} shows not exactly one token named {self.token}: "
                "mend pkcs11_token in settings.json"
            ) from None
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid, pkcs11.PinLocked):
            raise PersonMustAct(
                f"the token {self.token} refuses the PIN: set it with "
                "`zhongtai secrets set PKCS11_PIN`"
            ) from None


@dataclass(frozen=True)
class DeviceSigner:
    """One key of a device. What it signs is verified before it is given out."""

    device: Device
    label: str
    public: PublicKey

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256. Raises Stop when the device signed with another key."""
        signature = self.device.sign(self.label, message)
        if not self.public.verifies(message, signature):
            raise Stop(f"the key {self.label} in the device is not the one that the ring lists")
        return signature


def _public(point: bytes) -> PublicKey:
    """EC_POINT is a DER OCTET STRING around the point; some devices give the bare point."""
    bare = point[2:] if point[:2] == b"\x04\x41" else point
    return of_der(P256_SPKI + bytes(bare))


def _library() -> Any:
    try:
        import pkcs11
    except ImportError:
        raise PersonMustAct(
            "settings.json wants a PKCS#11 device and python-pkcs11 is not installed: "
            "`pip install zhongtai[pkcs11]`"
        ) from None
    return pkcs11
