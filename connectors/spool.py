"""A dropped file as one copy on this machine, its digest taken on the way.

The copy has no name: it goes with the process, however that ends. What changes at the source
meanwhile does not change what is decoded.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from connectors.retry import Busy
from connectors.stores import Look, Store


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
