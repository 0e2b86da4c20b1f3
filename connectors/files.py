"""Dropped files: full ones and, between them, increments, read in the order of their times.

Names are `<path>_full_<YYYYMMDDHHMMSS><end>` and `<path>_inc_<…>`. A file counts when the sign
beside it says that it is whole: `<name>.sha256`, or `<name>.done`. Reading stops before an
increment that is not whole yet: a later one must not overtake it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.decode import ENDS, READERS
from connectors.frames import BATCH_ROWS, Row, frame_of
from connectors.protocol import Client
from connectors.reading import dump, load
from connectors.retry import Busy, Patience, patiently
from connectors.stores import open_store
from kernel.batch import Batch
from kernel.errors import PersonMustAct, RetryLater
from kernel.secrets import Secrets
from registry.contract import FilesTransport, Stream, System

#: Formats that leave null cells out.
SPARSE = ("xml",)


@dataclass(frozen=True, order=True)
class Drop:
    """One file. Files of one time: the full one first."""

    time: str
    increment: bool
    name: str


class FilesClient(Client):
    """One place with dropped files."""

    def __init__(self, system: System, transport: FilesTransport, secrets: Secrets) -> None:
        super().__init__(system)
        self.transport = transport
        self.store = open_store(system.code, transport, secrets)

    def check(self) -> None:
        """List the place. A place without files is reached all the same."""
        patiently(self.store.names, Patience())

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Files after the cursor, or the newest full one and the increments after it.

        A stream of mode full is always its newest full file, read again: what it lacks is gone.
        """
        place = load(self.system.code, stream, cursor, full or stream.mode == "full")
        present = set(patiently(self.store.names, Patience()))
        for drop in self._due(stream, present, place.get("file")):
            content = self._whole(drop, present)
            if content is None:
                return
            skip = int(place.get("row", 0)) if place.get("part") == drop.name else 0
            yield from self._batches(stream, drop, content, skip, place.get("file"))
            place = {"file": drop.name}

    def close(self) -> None:
        """End connections."""
        self.store.close()

    def _due(self, stream: Stream, present: set[str], last: str | None) -> list[Drop]:
        drops = self._drops(stream, present)
        if last is not None:
            read = self._drop(stream, last)
            if read is not None:
                return [one for one in drops if one > read]
        sign = self._sign()
        starts = [one for one in drops if not one.increment and one.name + sign in present]
        if not starts:
            raise RetryLater(
                f"{self.system.code} has no complete full file of {stream.path} yet: "
                "ask its contact when it comes",
                system=self.system.code,
                stream=stream.name,
            )
        if stream.mode == "full":
            return starts[-1:]
        return [one for one in drops if one >= starts[-1]]

    def _drops(self, stream: Stream, present: set[str]) -> list[Drop]:
        found = (self._drop(stream, name) for name in present)
        return sorted(one for one in found if one is not None)

    def _drop(self, stream: Stream, name: str) -> Drop | None:
        stem, end = re.escape(stream.path), re.escape(ENDS[self.transport.format])
        match = re.fullmatch(rf"{stem}_(full|inc)_(\d{{14}}){end}", name)
        return Drop(match[2], match[1] == "inc", name) if match else None

    def _sign(self) -> str:
        return ".sha256" if self.transport.complete == "checksum" else ".done"

    def _whole(self, drop: Drop, present: set[str]) -> bytes | None:
        """The file's bytes, None while it is not complete. Raises Busy when the sum disagrees."""
        if drop.name + self._sign() not in present:
            return None

        def read() -> bytes:
            content = self.store.read(drop.name)
            if self.transport.complete == "checksum":
                said = self.store.read(drop.name + ".sha256").decode("ascii", "replace").split()
                if not said or said[0].lower() != hashlib.sha256(content).hexdigest():
                    raise Busy(
                        f"the file {drop.name} of {self.system.code} does not agree with its "
                        "checksum: ask its contact to send it again",
                        system=self.system.code,
                    )
            return content

        return patiently(read, Patience(attempts=3))

    def _batches(
        self, stream: Stream, drop: Drop, content: bytes, skip: int, before: str | None
    ) -> Iterator[Batch]:
        """The file's rows behind the first `skip`. Only the last batch moves past the file."""
        rows = self._decode(drop, content)
        columns = stream.known_columns() if self.transport.format in SPARSE else ()
        raw = None if self.transport.encoding == "utf-8" else content
        parts = [rows[i : i + BATCH_ROWS] for i in range(skip, len(rows), BATCH_ROWS)]
        for number, part in enumerate(parts, start=1):
            done = skip + sum(len(one) for one in parts[:number])
            last = number == len(parts)
            cursor = dump(file=drop.name) if last else dump(file=before, part=drop.name, row=done)
            facts: dict[str, str | int] = {"file": drop.name, "part": number}
            frame = frame_of(part, columns)
            yield Batch(frame, cursor, raw if number == 1 and not skip else None, facts=facts)

    def _decode(self, drop: Drop, content: bytes) -> list[Row]:
        encoding = self.transport.encoding or "utf-8"
        try:
            return list(READERS[self.transport.format](content, encoding))
        except ValueError as error:
            raise PersonMustAct(
                f"the file {drop.name} of {self.system.code} cannot be read: {error}; "
                "ask its contact to send it again",
                system=self.system.code,
            ) from None
