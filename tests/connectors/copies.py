"""Streams as a platform holds them after its reads, by the contracts of connectors/systems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from connectors import Connector, open_connector
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.secrets import Secrets
from registry.contract import Stream
from registry.loader import load_folder

SYSTEMS = load_folder(Path(__file__).parents[2] / "connectors" / "systems")


class Source(Protocol):
    """What serves systems, and the folder with their addresses and accounts."""

    secrets: Path


@contextmanager
def opened(source: Source, code: str, **replaced: str) -> Iterator[Connector]:
    """The client of a system, with some of its secrets replaced."""
    secrets = Secrets(source.secrets.parent)
    secrets.folder = source.secrets
    if replaced:
        wrong = Secrets(source.secrets.parent / "wrong")
        for file in source.secrets.iterdir():
            wrong.put(file.name, file.read_text("utf-8"))
        for name, value in replaced.items():
            wrong.put(name, value)
        secrets = wrong
    client = open_connector(SYSTEMS[code], secrets, system_clock)
    try:
        yield client
    finally:
        client.close()


def landed(stream: Stream, batches: list[Batch], rows: dict[str, dict[str, str | None]]) -> None:
    """Put batches into `rows` by key as a landing would, deletes by flag included."""
    deletes, key = stream.deletes, stream.key[0]
    mark = stream.acknowledge.column if stream.acknowledge else None  # ours, not the source's
    for batch in batches:
        assert {str(kind) for kind in batch.frame.dtypes} == {"string"}
        for row in batch.frame.astype(object).where(batch.frame.notna(), None).to_dict("records"):
            gone = deletes is not None and deletes.column and row[deletes.column] == deletes.value
            if gone:
                rows.pop(row[key], None)
            else:
                rows[row[key]] = {str(one): row[one] for one in row if one != mark}


class Copy:
    """A stream as the platform holds it after its reads."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.stream = code, SYSTEMS[code].streams[name]
        self.rows: dict[str, dict[str, str | None]] = {}
        self.cursor: str | None = None
        self.columns: set[str] = set()

    def read(self, source: Source) -> None:
        """One sync: rows from the cursor on, acknowledged; then what is gone."""
        if self.stream.deletes is not None and self.stream.deletes.sign == "absence":
            self.rows.clear()
        with opened(source, self.code) as client:
            for batch in client.rows(self.stream, self.cursor, full=False):
                landed(self.stream, [batch], self.rows)
                self.columns |= set(batch.frame.columns)
                self.cursor = batch.cursor or self.cursor
                client.acknowledge(self.stream, batch.acknowledge)
            if self.stream.deletes is not None and self.stream.deletes.sign == "reconcile":
                frames = list(client.keys(self.stream))
                live = {key for frame in frames for key in frame[self.stream.key[0]]}
                self.rows = {key: row for key, row in self.rows.items() if key in live}
