"""A drop folder: files that come whole, go once, and never fill the disk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal.zones.message import NAME


class Full(Exception):
    """There are as many files as may lie there: the other side does not take them."""


class TooLarge(Exception):
    """More bytes than the way between the zones lets through."""


@dataclass(frozen=True)
class Drop:
    """`largest`: bytes of a file; `most`: files at a time; `age`: seconds after which one goes."""

    folder: Path
    largest: int
    most: int
    age: float

    def put(self, name: str, data: bytes) -> None:
        """Lay a file there, whole; again under its name is no harm. Raises Full, TooLarge."""
        if len(data) > self.largest:
            raise TooLarge
        target = self.folder / name
        if not target.exists() and len(list(self.folder.iterdir())) >= self.most:
            raise Full
        draft = self.folder / f".{name}.{os.getpid()}"
        with draft.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)

    def take(self, way: str) -> Iterator[tuple[str, bytes]]:
        """Id and bytes of every file of that way; each is gone from the folder then.

        What is too large, too old, or not named as a message goes unread.
        """
        for file in sorted(self.folder.iterdir()):
            named = NAME.fullmatch(file.name)
            with suppress(FileNotFoundError):  # another took it
                facts = file.stat()
                old = time.time() - facts.st_mtime > self.age
                if not named or named[2] != way:
                    if old:
                        file.unlink()
                    continue
                data = file.read_bytes() if facts.st_size <= self.largest else b""
                file.unlink()
                if data and not old:
                    yield named[1], data

    def forget(self, name: str) -> None:
        """Take back what still lies there."""
        (self.folder / name).unlink(missing_ok=True)
