"""The keys of one installation: made at first start in `keys/` (0600), never made twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.crypto import Key
from kernel.errors import Stop
from kernel.profile import STANDARD, Profile
from kernel.rootkeys import RootKey
from kernel.signers import software
from kernel.signers.device import Device
from kernel.signers.ring import Ring, write_whole

ROOT_KEYS = ("master", "index")
SIGNING_KEYS = ("seal", "ledger")


@dataclass(frozen=True)
class Keys:
    """Root keys (32 bytes; in the gm profile 16) and rings of signing keys."""

    roots: Mapping[str, RootKey]
    seal: Ring  # seals licences and annotated copies
    ledger: Ring  # signs the ledger's heads

    @property
    def master(self) -> Key:
        """Encrypts; `derive` makes one key a use. With older ones while they are replaced."""
        return self.roots["master"].now()

    @property
    def index(self) -> Key:
        """Keyed hashes of numbers and row keys."""
        return self.roots["index"].now()

    @property
    def profile(self) -> Profile:
        """The profile that they were made for."""
        return self.roots["master"].profile


def make_keys(home: Path, profile: Profile = STANDARD) -> None:
    """Make the keys of a new installation. A key that is there stays."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ROOT_KEYS:
        if not (folder / f"{name}.key").exists():
            write_whole(folder / f"{name}.key", profile.new_key())
    for name in SIGNING_KEYS:
        if not (folder / f"{name}.pem").exists():
            write_whole(folder / f"{name}.pem", software.new_pem(profile.signature))


def load_keys(home: Path, profile: Profile = STANDARD, device: Device | None = None) -> Keys:
    """Read the keys. Raises Stop when one is missing, damaged or of another profile: the data
    cannot be read then. `device`: where the signing keys are, when not in files."""
    folder = home / "keys"
    names = [f"{n}.key" for n in ROOT_KEYS] + [f"{n}.pem" for n in SIGNING_KEYS]
    gone = [n for n in names if not (folder / n).is_file()]
    if gone:
        raise Stop(
            f"the key {folder / gone[0]} is gone but the data is there: "
            "put the key back from its backup; a new key could not read the old data"
        )
    rings = {use: Ring(folder, use, profile.signature, device) for use in SIGNING_KEYS}
    keys = Keys(
        roots={name: RootKey(folder, name, profile) for name in ROOT_KEYS},
        seal=rings["seal"],
        ledger=rings["ledger"],
    )
    for root in keys.roots.values():
        root.now()
    for ring in rings.values():
        ring.check()
    return keys
