"""The root keys in `keys/`: read again when their files change, so that programs go on serving.

`master.key` encrypts what is new. After a rotation those before it stay beside it, named by the
time when they were replaced, until nothing needs them: `master.20261126T083000Z.old.key`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kernel.crypto import Key
from kernel.errors import Stop
from kernel.profile import Profile, profile_of
from kernel.signers.ring import write_whole

STAMP = "%Y%m%dT%H%M%SZ"


class RootKey:
    """One root key of an installation, as its files say now."""

    def __init__(self, folder: Path, name: str, profile: Profile) -> None:
        self.folder, self.name, self.profile = folder, name, profile
        self.file = folder / f"{name}.key"
        self._read: tuple[object, Key] | None = None

    def now(self) -> Key:
        """The key, with older ones that still open what is there.

        Raises Stop when a key is gone, damaged or of another profile: data could not be read.
        """
        stamp = self._stamp()
        if self._read is None or self._read[0] != stamp:
            older = [_read(file, self.profile) for file in self.older()]
            self._read = (stamp, Key.after(_read(self.file, self.profile), older[::-1]))
        return self._read[1]

    def older(self) -> list[Path]:
        """Files of replaced keys, oldest first."""
        return sorted(self.folder.glob(f"{self.name}.*.old.key"))

    def replaced_at(self, file: Path) -> datetime:
        """When the key of that file was replaced."""
        stamp = file.name.split(".")[1]
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)

    def begun(self) -> bool:
        """Whether a replaced key is there: a rotation goes on."""
        older = self.older()
        return bool(older) and older[-1].read_bytes() != self.file.read_bytes()

    def replace(self, at: datetime) -> None:
        """A new key from now on. A program killed in between leaves the key as it was."""
        current = _read(self.file, self.profile)
        for file in self.older():
            if file.read_bytes() == current:  # what a killed program had begun
                file.unlink()
        write_whole(self.folder / f"{self.name}.{at.astimezone(UTC):{STAMP}}.old.key", current)
        write_whole(self.file, self.profile.new_key())

    def forget(self, file: Path) -> None:
        """Destroy a replaced key; what is still under it can never be opened again."""
        size = file.stat().st_size
        with file.open("r+b") as out:
            out.write(bytes(size))
        file.unlink()

    def _stamp(self) -> object:
        try:
            found = self.file.stat()
            return (found.st_ino, found.st_mtime_ns, self.folder.stat().st_mtime_ns)
        except FileNotFoundError:
            raise Stop(
                f"the key {self.file} is gone but the data is there: put the key back from its "
                "backup; a new key could not read the old data"
            ) from None


def _read(file: Path, profile: Profile) -> bytes:
    key = file.read_bytes()
    try:
        made_for = profile_of(key)
    except Stop:
        raise Stop(f"the key {file} is damaged: put it back from its backup") from None
    if made_for is not profile:
        raise Stop(
            f"the key {file} is of the {made_for.name} profile and settings.json says "
            f"{profile.name}: an installation keeps the profile it was made with"
        )
    return key
