"""SQL views: read behind the last row of (cursor, key), never by OFFSET."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from connectors.database import Database, after
from connectors.frames import BATCH_ROWS, Row, frame_of, text_of
from connectors.protocol import Client
from connectors.reading import dump, load
from kernel.batch import Batch
from kernel.secrets import Secrets
from registry.contract import SqlTransport, Stream, System


class SqlClient(Client):
    """One database with a view a stream."""

    def __init__(self, system: System, transport: SqlTransport, secrets: Secrets) -> None:
        super().__init__(system)
        address = secrets.get(transport.address)
        self.database = Database(system.code, address, transport.dialect)

    def check(self) -> None:
        """One row of every view, with the columns that a read needs."""
        for stream in self.system.streams.values():
            names = self._names(self._order(stream))
            query = f"SELECT {', '.join(names)} FROM {self.database.name(stream.path)} LIMIT 1"  # noqa: S608
            with self.database.connect() as conn:
                self.database.select(conn, query, {})

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Rows from the cursor's time on (inclusive), then those without a time."""
        since = load(self.system.code, stream, cursor, full).get("since")
        newest: str | None = since
        for number, rows in enumerate(self._read(stream, since), start=1):
            at = text_of(rows[-1].get(stream.cursor)) if stream.cursor else None
            newest = at if at is not None else newest
            go_on = dump(since=newest) if newest is not None else None
            yield Batch(frame_of(rows), go_on, facts={"part": number})

    def keys(self, stream: Stream) -> Iterator[pd.DataFrame]:
        """The key columns of every row, in the order of the key."""
        live, values = self._live(stream)
        for rows in self._steps(stream, stream.key, stream.key, [live] if live else [], values):
            yield frame_of(rows, stream.key)[list(stream.key)]

    def close(self) -> None:
        """End connections."""
        self.database.close()

    def _read(self, stream: Stream, since: str | None) -> Iterator[list[Row]]:
        if stream.cursor is None:
            yield from self._steps(stream, stream.key, None, [], {})
            return
        at = self.database.name(stream.cursor)
        order = self._order(stream)
        if since is None:
            yield from self._steps(stream, order, None, [f"{at} IS NOT NULL"], {})
        else:
            yield from self._steps(stream, order, None, [f"{at} >= :since"], {"since": since})
        yield from self._steps(stream, stream.key, None, [f"{at} IS NULL"], {})

    def _steps(
        self,
        stream: Stream,
        order: Sequence[str],
        columns: Sequence[str] | None,
        begin: Sequence[str],
        values: dict[str, object],
    ) -> Iterator[list[Row]]:
        """Up to 5,000 rows at a time, each step behind the last row of the one before."""
        names = self._names(order)
        what = ", ".join(self._names(columns)) if columns else "*"
        last: list[object] | None = None
        while True:
            behind, place = after(names, last)
            where = " AND ".join([*begin, *([behind] if behind else [])])
            query = (
                f"SELECT {what} FROM {self.database.name(stream.path)}"  # noqa: S608
                f"{' WHERE ' + where if where else ''}"
                f" ORDER BY {', '.join(names)} LIMIT {BATCH_ROWS}"
            )
            with self.database.connect() as conn:
                rows = self.database.select(conn, query, {**values, **place})
            if rows:
                yield rows
            if len(rows) < BATCH_ROWS:
                return
            last = [rows[-1][name] for name in order]

    def _live(self, stream: Stream) -> tuple[str, dict[str, object]]:
        deletes = stream.deletes
        if deletes is None or deletes.sign != "flag" or deletes.column is None:
            return "", {}
        column = self.database.name(deletes.column)
        return f"({column} IS NULL OR {column} <> :gone)", {"gone": deletes.value}

    def _order(self, stream: Stream) -> list[str]:
        first = [stream.cursor] if stream.cursor else []
        return list(dict.fromkeys([*first, *stream.key]))

    def _names(self, columns: Sequence[str]) -> list[str]:
        return [self.database.name(column) for column in columns]
