"""A dropped file as one copy on this machine, its digest taken on the way.

The copy has no name: it goes with the process, however that ends. What changes at the source
meanwhile does not change what is decoded.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from connectors.retry import Busy, Patience, patiently
from connectors.stores import Look, Store, short
from kernel.errors import Disagrees


@dataclass(frozen=True)
class Copy:
    """A file as received. `digest`: its SHA-256 in hex; `size`: bytes."""

    file: BinaryIO
    digest: str
    size: int

    def part(self, start: int, end: int) -> bytes:
        """Bytes of it, wherever the reading stands."""
        return os.pread(self.file.fileno(), end - start, start)


@contextmanager
def copied(system: str, store: Store, name: str, look: Look) -> Iterator[Copy]:
    """Copy a file that was seen in a listing as `look`.

    Raises Busy when it is not the same size and time before, during and after: it is still
    being written, whatever stands beside it.
    """
    with tempfile.TemporaryFile() as file:
        digest, size = hashlib.sha256(), 0
        for block in store.blocks(name):
            file.write(block)
            digest.update(block)
            size += len(block)
        if size != look.size or store.look(name) != look:
            raise Busy(
                f"the file {name} of {system} is still being written: its size or time changed "
                "between two looks; try again later",
                system=system,
            )
        file.seek(0)
        yield Copy(file, digest.hexdigest(), size)


class Mismatch(Busy):
    """A file and its checksum disagree: one of them may still be on its way."""


def whole(
    held: ExitStack, system: str, store: Store, seen: tuple[str, Look], checksum: bool
) -> tuple[Copy, Look]:
    """A copy that lives as long as `held`, and how the file looked when it was made.

    `seen`: the file's name, and how it looked in the listing. Raises Disagrees when its checksum
    still says something else after three looks, Busy when it is gone or being written.
    """
    name, listed = seen
    looks = [listed]

    def read() -> tuple[Copy, Look]:
        look = looks.pop() if looks else store.look(name)
        with ExitStack() as trial:
            copy = trial.enter_context(copied(system, store, name, look))
            if checksum:
                _agree(system, store, name, copy.digest)
            held.push(trial.pop_all())
        return copy, look

    try:
        return patiently(read, Patience(attempts=3))
    except Mismatch as error:
        raise Disagrees(error.message, "checksum", name, system=system) from None


def _agree(system: str, store: Store, name: str, digest: str) -> None:
    said = short(system, store, f"{name}.sha256").decode("ascii", "replace").lower().split()
    if said[:1] != [digest]:
        raise Mismatch(
            f"the file {name} of {system} does not agree with its checksum: ask its contact to "
            "send it again",
            system=system,
        )
