"""Dropped files: full ones and, between them, increments, read in the order of their times.

A file counts when the sign beside it says that it is whole: `<name>.sha256`, or `<name>.done`.
Reading stops before an increment that is not whole yet: a later one must not overtake it. What was
read is remembered by its digest: a file that changes under its name, one that comes late, or a
missing number is a finding, never silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from connectors.chunks import Chunk
from connectors.decode import ENDS, READERS
from connectors.drops import Drop, Seen, drop_of, drops_of, late, remember, without_gap
from connectors.kept import Kept
from connectors.protocol import Client
from connectors.reading import dump, load
from connectors.retry import Patience, patiently
from connectors.spool import Copy, whole
from connectors.stores import Look, open_store
from kernel.batch import Batch
from kernel.errors import Disagrees, PersonMustAct, RetryLater
from kernel.secrets import Secrets
from registry.contract import FilesTransport, Stream, System

#: Formats that leave null cells out.
SPARSE = ("xml",)


@dataclass
class _Read:
    """What a read knows: the place's files, and what was read of them so far."""

    looks: dict[str, Look]
    last: str | None
    seen: Seen = field(default_factory=dict)


class FilesClient(Client):
    """One place with dropped files."""

    def __init__(self, system: System, transport: FilesTransport, secrets: Secrets) -> None:
        super().__init__(system)
        self.transport = transport
        self.store = open_store(system.code, transport, secrets)
        self.sign = ".sha256" if transport.complete == "checksum" else ".done"

    def check(self) -> None:
        """List the place. A place without files is reached all the same."""
        patiently(self.store.looks, Patience())

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Files after the cursor, or the newest full one and the increments after it.

        A stream of mode full is always its newest full file, read again: what it lacks is gone.
        Raises Disagrees, once what is new has been given: a file that was read has changed or
        comes late. A full read takes the files as they are now.
        """
        place = load(self.system.code, stream, cursor, full)
        looks = patiently(lambda: self.store.looks(f"{stream.path}_"), Patience())
        again = stream.mode == "full"
        state = _Read(looks, None if again else place.get("file"), place.get("seen", {}))
        drops = drops_of(stream.path, ENDS[self.transport.format], looks)
        due = self._due(stream, drops, state)
        before = self._drop(stream, state.last)
        begun = {} if again else place
        for drop in without_gap(self.system.code, stream.name, before, due):
            if drop.name + self.sign not in looks:
                break
            yield from self._file(stream, drop, state, begun)
        if not again:
            self._in_time(stream, drops, state, before)
        self._unchanged(stream, drops, state)

    def close(self) -> None:
        """End connections."""
        self.store.close()

    def _drop(self, stream: Stream, name: str | None) -> Drop | None:
        return drop_of(stream.path, ENDS[self.transport.format], name) if name else None

    def _due(self, stream: Stream, drops: list[Drop], state: _Read) -> list[Drop]:
        read = self._drop(stream, state.last)
        if read is not None:
            return [one for one in drops if one > read]
        starts = [one for one in drops if not one.increment and one.name + self.sign in state.looks]
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

    def _file(
        self, stream: Stream, drop: Drop, state: _Read, begun: dict[str, Any]
    ) -> Iterator[Batch]:
        """One file's batches. Only the last one moves past the file."""
        with ExitStack() as held:
            copy, look = self._whole(held, drop, state)
            mine = begun if begun.get("part") == drop.name else {}
            known = mine.get("digest") or self._known(state, drop.name)
            if known and known != copy.digest[:32]:
                raise self._changed(stream, drop.name)
            seen = remember(state.seen, drop.name, look, copy.digest)
            done = skip = int(mine.get("row", 0))
            for number, (chunk, raw, last) in enumerate(self._chunks(drop, copy, skip), start=1):
                done += chunk.table.num_rows
                cursor = dump(file=drop.name, seen=seen)
                if not last:
                    part = {"part": drop.name, "row": done, "digest": copy.digest[:32]}
                    cursor = dump(file=state.last, seen=state.seen, **part)
                facts: dict[str, str | int] = {"file": drop.name, "part": number}
                columns = stream.known_columns() if self.transport.format in SPARSE else ()
                yield Batch(chunk.frame(columns), cursor, raw, facts=facts, types=chunk.types)
            state.last, state.seen = drop.name, seen

    def _whole(self, held: ExitStack, drop: Drop, state: _Read) -> tuple[Copy, Look]:
        sums = self.transport.complete == "checksum"
        return whole(held, self.system.code, self.store, (drop.name, state.looks[drop.name]), sums)

    def _chunks(
        self, drop: Drop, copy: Copy, skip: int
    ) -> Iterator[tuple[Chunk, bytes | None, bool]]:
        """The chunks behind the first `skip` rows, their bytes, and whether each is the last."""
        reader = READERS[self.transport.format](copy.file, self.transport.encoding or "utf-8")
        kept = Kept(copy, self.transport)
        try:
            now = next(reader, None)
            while now is not None:
                after = next(reader, None)
                raw = kept.bytes_of(now, after is None)
                if skip < now.table.num_rows:
                    part = Chunk(now.table.slice(skip), now.types) if skip else now
                    yield part, raw, after is None
                skip = max(0, skip - now.table.num_rows)
                now = after
        except ValueError as error:
            raise PersonMustAct(
                f"the file {drop.name} of {self.system.code} cannot be read: {error}; "
                "ask its contact to send it again",
                system=self.system.code,
            ) from None

    def _in_time(self, stream: Stream, drops: list[Drop], state: _Read, read: Drop | None) -> None:
        """Raises Disagrees for a file that is older than the last one read and was never read."""
        if read is None:
            return
        for drop in late(drops, state.seen, read, self._start(drops, state)):
            if drop.name + self.sign in state.looks:
                raise Disagrees(
                    f"the file {drop.name} of {self.system.code} {stream.name} came after later "
                    "ones had been read: ask its contact to send it again under a new time",
                    "late_file",
                    drop.name,
                    system=self.system.code,
                    stream=stream.name,
                )

    def _start(self, drops: list[Drop], state: _Read) -> Drop | None:
        read = [one for one in drops if not one.increment and one.name in state.seen]
        return read[-1] if read else None

    def _unchanged(self, stream: Stream, drops: list[Drop], state: _Read) -> None:
        """Raises Disagrees for a file that is not what was read; older ones than the last full

        one no longer count. Only a file with another size or time is read for it.
        """
        start = self._start(drops, state)
        for drop in drops:
            known = state.seen.get(drop.name)
            look = state.looks[drop.name]
            if known is None or (start and drop < start) or list(known[:2]) == [look.size, look.at]:
                continue
            with ExitStack() as held:
                if self._whole(held, drop, state)[0].digest[:32] != known[2]:
                    raise self._changed(stream, drop.name)

    def _known(self, state: _Read, name: str) -> str | None:
        known = state.seen.get(name)
        return known[2] if known else None

    def _changed(self, stream: Stream, name: str) -> Disagrees:
        return Disagrees(
            f"the file {name} of {self.system.code} {stream.name} is not what it was when it was "
            "read: ask its contact to send changes under a new name, or read the stream in full",
            "changed_file",
            name,
            system=self.system.code,
            stream=stream.name,
        )
