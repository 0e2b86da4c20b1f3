"""The keys of one installation: made at first start in `keys/` (0600), never made twice."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kernel.crypto import new_key
from kernel.errors import Stop

ROOT_KEYS = ("master", "index")
SIGNING_KEYS = ("seal", "ledger")


@dataclass(frozen=True)
class Keys:
    """Root keys (32 bytes) and signing keys (P-256)."""

    master: bytes  # encrypts; derive() makes one key a use
    index: bytes  # keyed hashes of numbers and row keys
    seal: ec.EllipticCurvePrivateKey  # seals licences and annotated copies
    ledger: ec.EllipticCurvePrivateKey  # signs the ledger's heads


def _write(file: Path, data: bytes) -> None:
    """The whole file or none: a start killed in between leaves no half key."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(file)


def make_keys(home: Path) -> None:
    """Make the keys of a new installation. A key that is there stays."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ROOT_KEYS:
        if not (folder / f"{name}.key").exists():
            _write(folder / f"{name}.key", new_key())
    for name in SIGNING_KEYS:
        if not (folder / f"{name}.pem").exists():
            private = ec.generate_private_key(ec.SECP256R1())
            _write(
                folder / f"{name}.pem",
                private.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
            )


def _signing_key(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except ValueError:
        raise _damaged(file) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _damaged(file)
    return key


def _root_key(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) != 32:
        raise _damaged(file)
    return key


def _damaged(file: Path) -> Stop:
    return Stop(f"the key {file} is damaged: put it back from its backup")


def load_keys(home: Path) -> Keys:
    """Read the keys. Raises Stop when one is missing or damaged: the data cannot be read then."""
    folder = home / "keys"
    names = [f"{n}.key" for n in ROOT_KEYS] + [f"{n}.pem" for n in SIGNING_KEYS]
    gone = [n for n in names if not (folder / n).is_file()]
    if gone:
        raise Stop(
            f"the key {folder / gone[0]} is gone but the data is there: "
            "put the key back from its backup; a new key could not read the old data"
        )
    return Keys(
        master=_root_key(folder / "master.key"),
        index=_root_key(folder / "index.key"),
        seal=_signing_key(folder / "seal.pem"),
        ledger=_signing_key(folder / "ledger.pem"),
    )
