"""SQL views: read behind the last row, never by OFFSET.

A first read goes by the key, as the tables lie: by time, a source would fetch each row on its own
wherever it is. It asks for the newest time before its first row; the next read goes on from there,
so that what changes meanwhile is read again. Later reads go by (cursor, key).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from connectors.database import Database
from connectors.keyset import Condition, Reading, frame, is_not, is_null, is_value, pieces
from connectors.protocol import Client
from connectors.reading import dump, load
from connectors.times import moment_of
from kernel.batch import Batch
from kernel.errors import PersonMustAct
from kernel.secrets import Secrets
from registry.contract import SqlTransport, Stream, System


class SqlClient(Client):
    """One database with a view a stream."""

    def __init__(self, system: System, transport: SqlTransport, secrets: Secrets) -> None:
        super().__init__(system)
        address = secrets.get(transport.address)
        self.database = Database(system.code, address, transport.dialect)

    def check(self) -> None:
        """The columns that a read needs, of every view."""
        for stream in self.system.streams.values():
            self._reading(stream, [])

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """First every row; later those from the cursor's time on (inclusive), or without one."""
        with self.database.kept():
            yield from self._rows(stream, cursor, full)

    def _rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        place = load(self.system.code, stream, cursor, full)
        behind = place.get("behind")
        since = place.get("since", place.get("until"))
        if since is None or behind is not None:
            yield from self._first(stream, since, behind)
        if since is None:
            return
        types = self._reading(stream, []).types
        newest = str(since)
        number = 0
        for table in pieces(self._timed(stream, since)):
            newest, number = str(table.column(stream.cursor or "")[-1].as_py()), number + 1
            yield Batch(frame(table), dump(since=newest), facts={"part": number}, types=types)
        for table in pieces(self._untimed(stream)):
            number += 1
            yield Batch(frame(table), dump(since=newest), facts={"part": number}, types=types)

    def _first(
        self, stream: Stream, until: str | None, behind: Sequence[str] | None
    ) -> Iterator[Batch]:
        """Every row by its key; the last batch goes on from what was the newest time at the start.

        A read that was cut goes on `behind` its last row, and then from that time.
        """
        reading = self._reading(stream, [])
        if until is None and stream.cursor is not None:
            until = reading.newest(stream.cursor)
        number, held = 0, None
        for table in pieces(reading.steps(stream.key, behind)):
            if held is not None:
                yield held
            number += 1
            last = [str(table.column(column)[-1].as_py()) for column in stream.key]
            go_on = dump(until=until, behind=last) if until is not None else None
            held = Batch(frame(table), go_on, facts={"part": number}, types=reading.types)
        done = dump(since=until) if until is not None else None
        if held is not None:
            yield replace(held, cursor=done)
        for table in pieces(iter([reading.nulls(stream.key)])):
            number += 1
            yield Batch(frame(table), done, facts={"part": number}, types=reading.types)

    def keys(self, stream: Stream) -> Iterator[pd.DataFrame]:
        """The key columns of every row, in the order of the key."""
        deletes = stream.deletes
        live: list[Condition] = []
        if deletes is not None and deletes.sign == "flag" and deletes.column is not None:
            live = [is_not(deletes.column, deletes.value)]
        for table in self._reading(stream, live, stream.key).steps(stream.key):
            yield frame(table)

    def period(self, stream: Stream, since: str, until: str) -> Iterator[Batch]:
        """Rows whose cursor column is from `since` on and before `until`; no cursor moves."""
        if stream.cursor is None:
            raise PersonMustAct(
                f"{self.system.code} {stream.name} has no cursor column: read it in full",
                system=self.system.code,
            )
        first, last = moment_of(stream, since), moment_of(stream, until)
        inside = [is_value(stream.cursor, ">=", first), is_value(stream.cursor, "<", last)]
        reading = self._reading(stream, inside)
        for number, table in enumerate(pieces(reading.steps(_order(stream))), start=1):
            yield Batch(frame(table), facts={"part": number}, types=reading.types)

    def one(self, stream: Stream, key: Mapping[str, str]) -> pd.DataFrame:
        """The rows with this key as they are now; none when it is gone."""
        return frame(self._reading(stream, _is(stream, key)).all())

    def _timed(self, stream: Stream, since: str) -> Iterator[pa.Table]:
        """Rows with a time and a key, from a time on; they move the cursor."""
        if stream.cursor is not None:
            timed = [is_value(stream.cursor, ">=", since)]
            yield from self._reading(stream, timed).steps(_order(stream))

    def _untimed(self, stream: Stream) -> Iterator[pa.Table]:
        """Rows without a time or without a key."""
        untimed = [is_null(stream.cursor)] if stream.cursor is not None else []
        yield from self._reading(stream, untimed).steps(stream.key)
        yield self._reading(stream, []).nulls(stream.key)

    def _reading(
        self, stream: Stream, where: Sequence[Condition], columns: Sequence[str] | None = None
    ) -> Reading:
        types = self.database.types(stream.path)
        for column in _order(stream):
            if column not in types:
                raise PersonMustAct(
                    f"{self.system.code} {stream.name}: {stream.path} has no column {column}: "
                    "compare key and cursor with the source",
                    system=self.system.code,
                    stream=stream.name,
                )
        return Reading(self.database, stream.path, types, columns or list(types), where)


def _order(stream: Stream) -> list[str]:
    first = [stream.cursor] if stream.cursor else []
    return list(dict.fromkeys([*first, *stream.key]))


def _is(stream: Stream, key: Mapping[str, str]) -> list[Condition]:
    return [is_value(column, "=", key[column]) for column in stream.key]
