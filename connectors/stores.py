"""Where files are dropped: an SFTP server, a folder, an object store. All only read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from connectors.retry import Busy
from kernel.errors import NotAuthorised, PersonMustAct
from kernel.secrets import Secrets
from registry.contract import FilesTransport, S3Auth, SshKeyAuth

#: A larger file is refused, and a place with more files.
MOST_BYTES = 4 << 30
MOST_FILES = 100_000
#: What is read of a `.sha256`.
SHORT = 4096
BLOCK = 1 << 20


@dataclass(frozen=True)
class Look:
    """A file as a store shows it. `size`: bytes; `at`: when it changed, in the store's own form."""

    size: int
    at: str


class Store(Protocol):
    """A place with files."""

    def looks(self, start: str = "") -> dict[str, Look]:
        """All files in it whose names begin so, without folders, by name.

        Raises PersonMustAct when there are over MOST_FILES.
        """

    def look(self, name: str) -> Look:
        """One file as it is now. Raises Busy when it is gone."""

    def blocks(self, name: str) -> Iterator[bytes]:
        """A file's bytes in blocks. Raises Busy when it is gone, PersonMustAct when too large."""

    def close(self) -> None:
        """End connections."""


def short(system: str, store: Store, name: str) -> bytes:
    """The content of a small file. Raises Busy when it is none."""
    content = b""
    for block in store.blocks(name):
        content += block
        if len(content) > SHORT:
            raise Busy(f"the file {name} of {system} is no checksum: it is too long", system=system)
    return content


def open_store(system: str, transport: FilesTransport, secrets: Secrets) -> Store:
    """The store that a YAML names; connects at first use."""
    address, auth = secrets.get(transport.address), transport.auth
    match transport.store, auth:
        case "sftp", SshKeyAuth():
            from connectors.sftp import SftpStore

            keys = secrets.get(auth.key), secrets.get(auth.host_key)
            return SftpStore(system, address, secrets.get(auth.user), *keys)
        case "s3", S3Auth():
            from connectors.s3 import S3Store

            return S3Store(system, address, secrets.get(auth.id), secrets.get(auth.secret))
        case "folder", None:
            return FolderStore(system, Path(address))
    raise PersonMustAct(
        f"{system}.yml: a store {transport.store} is not signed in to in that way: change auth",
        system=system,
    )


class FolderStore:
    """A folder of this machine (a mounted share)."""

    def __init__(self, system: str, folder: Path) -> None:
        self.system, self.folder = system, folder

    def looks(self, start: str = "") -> dict[str, Look]:
        """Its files."""
        found: dict[str, Look] = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.startswith(start) and entry.is_file():
                        found[entry.name] = _looked(entry.stat())
                        few(self.system, len(found))
        except PermissionError:
            raise NotAuthorised(
                f"the folder of {self.system} may not be read: check its owner and mode",
                system=self.system,
            ) from None
        except OSError as error:
            raise Busy(
                f"the folder of {self.system} is not there ({type(error).__name__}): "
                "mount it or mend its address",
                system=self.system,
            ) from None
        return found

    def look(self, name: str) -> Look:
        """One file."""
        try:
            return _looked((self.folder / name).stat())
        except OSError as error:
            raise gone(self.system, name, error) from None

    def blocks(self, name: str) -> Iterator[bytes]:
        """A file's bytes."""
        try:
            with (self.folder / name).open("rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise gone(self.system, name, OSError())
                bounded(self.system, name, status.st_size)
                left = status.st_size
                while left > 0 and (block := file.read(min(BLOCK, left))):
                    left -= len(block)
                    yield block
        except OSError as error:
            raise gone(self.system, name, error) from None

    def close(self) -> None:
        """Nothing to end."""


def bounded(system: str, name: str, size: int) -> None:
    """Raises PersonMustAct for a file that is too large."""
    if size > MOST_BYTES:
        raise PersonMustAct(
            f"the file {name} of {system} is over {MOST_BYTES >> 20} MB: "
            "ask the source to divide it",
            system=system,
        )


def few(system: str, count: int) -> None:
    """Raises PersonMustAct for a place with too many files."""
    if count > MOST_FILES:
        raise PersonMustAct(
            f"the place of {system} holds over {MOST_FILES} files: ask the source to clear it",
            system=system,
        )


def _looked(status: os.stat_result) -> Look:
    return Look(status.st_size, str(status.st_mtime_ns))


def gone(system: str, name: str, error: Exception) -> Busy:
    """A file was listed and then could not be read."""
    return Busy(
        f"the file {name} of {system} could not be read ({type(error).__name__}): try again later",
        system=system,
    )
