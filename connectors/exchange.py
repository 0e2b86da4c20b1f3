"""Change tables of a front-end exchange database: one row a change, read by batch number.

A table holds an operation (I, U, D), a batch number that grows, and a state that we set when a
change has landed. Numbers are given out before they commit, so a change may appear behind the
cursor; and a run may end between landing and acknowledging. Changes behind the cursor that are
not acknowledged are therefore read again, but only where no later change of the same key is there:
an older change must not undo a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from connectors.database import Database
from connectors.frames import BATCH_ROWS, Row, frame_of
from connectors.protocol import Client
from connectors.reading import dump, load
from kernel.batch import Batch
from kernel.errors import BadContract
from kernel.secrets import Secrets
from registry.contract import Acknowledge, ExchangeTransport, Stream, System

#: Parameters that one statement takes.
CHUNK = 500


class ExchangeClient(Client):
    """One exchange database with a change table a stream."""

    def __init__(self, system: System, transport: ExchangeTransport, secrets: Secrets) -> None:
        super().__init__(system)
        address = secrets.get(transport.address)
        self.database = Database(system.code, address, transport.dialect)

    def check(self) -> None:
        """One row of every table, with the columns that a read needs."""
        for stream in self.system.streams.values():
            state = self._acknowledge(stream).column
            names = ", ".join(self._name(one) for one in [*stream.key, self._batch(stream), state])
            with self.database.connect() as conn:
                query = f"SELECT {names} FROM {self._name(stream.path)} LIMIT 1"  # noqa: S608
                self.database.select(conn, query, {})

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Changes behind the cursor, in the order of their numbers."""
        last = int(load(self.system.code, stream, cursor, full).get("batch", 0))
        overtaken: list[str] = []
        number = 0
        for late in self._late(stream, last, overtaken) if last else ():
            number += 1
            yield self._as_batch(stream, late, None, number)
        while rows := self._select(stream, f"{self._at(stream)} > :last", {"last": last}):
            last, number = self._number(stream, rows[-1]), number + 1
            yield self._as_batch(stream, rows, dump(batch=str(last)), number, overtaken)
            overtaken = []
            if len(rows) < BATCH_ROWS:
                return

    def keys(self, stream: Stream) -> Iterator[pd.DataFrame]:
        """The keys whose last change is not a delete."""
        alive: dict[tuple[str | None, ...], bool] = {}
        deletes = stream.deletes
        for batch in self.rows(stream, None, full=True):
            gone = batch.frame[deletes.column] == deletes.value if deletes else None
            for i, key in enumerate(batch.frame[list(stream.key)].itertuples(index=False)):
                alive[tuple(key)] = not (gone is not None and gone.iloc[i])
        yield frame_of(
            [dict(zip(stream.key, key, strict=True)) for key, lives in alive.items() if lives],
            stream.key,
        )

    def acknowledge(self, stream: Stream, keys: tuple[str, ...]) -> None:
        """Set the state of these batch numbers."""
        sign = self._acknowledge(stream)
        for i in range(0, len(keys), CHUNK):
            part: dict[str, object] = {
                f"b{j}": int(key) for j, key in enumerate(keys[i : i + CHUNK])
            }
            statement = (
                f"UPDATE {self._name(stream.path)} SET {self._name(sign.column)} = :done"  # noqa: S608
                f" WHERE {self._at(stream)} IN ({_places(part)})"
            )
            with self.database.connect() as conn:
                self.database.execute(conn, statement, {"done": sign.value, **part})

    def close(self) -> None:
        """End connections."""
        self.database.close()

    def _late(self, stream: Stream, last: int, overtaken: list[str]) -> Iterator[list[Row]]:
        """Changes up to the cursor that are not acknowledged; overtaken ones only by number."""
        behind = 0
        condition = (
            f"{self._at(stream)} > :behind AND {self._at(stream)} <= :last"
            f" AND {self._name(self._acknowledge(stream).column)} <> :done"
        )
        done = self._acknowledge(stream).value
        while True:
            rows = self._select(stream, condition, {"behind": behind, "last": last, "done": done})
            newest = self._newest(stream, rows)
            live = [row for row in rows if self._number(stream, row) == newest[_key(stream, row)]]
            kept = {self._number(stream, row) for row in live}
            numbers = [self._number(stream, row) for row in rows]
            overtaken.extend(str(number) for number in numbers if number not in kept)
            if live:
                yield live
            if len(rows) < BATCH_ROWS:
                return
            behind = numbers[-1]

    def _newest(self, stream: Stream, rows: Sequence[Row]) -> dict[tuple[object, ...], int]:
        """The last batch number of each key among the rows, over the whole table."""
        first = stream.key[0]
        asked = list(dict.fromkeys(row[first] for row in rows))
        names = ", ".join(self._name(one) for one in stream.key)
        newest: dict[tuple[object, ...], int] = {}
        for i in range(0, len(asked), CHUNK):
            part = {f"k{j}": value for j, value in enumerate(asked[i : i + CHUNK])}
            query = (
                f"SELECT {names}, MAX({self._at(stream)}) AS newest"  # noqa: S608
                f" FROM {self._name(stream.path)}"
                f" WHERE {self._name(first)} IN ({_places(part)}) GROUP BY {names}"
            )
            with self.database.connect() as conn:
                for found in self.database.select(conn, query, part):
                    newest[_key(stream, found)] = int(str(found["newest"]))
        return newest

    def _select(self, stream: Stream, where: str, values: dict[str, object]) -> list[Row]:
        query = (
            f"SELECT * FROM {self._name(stream.path)} WHERE {where}"  # noqa: S608
            f" ORDER BY {self._at(stream)} LIMIT {BATCH_ROWS}"
        )
        with self.database.connect() as conn:
            return self.database.select(conn, query, values)

    def _as_batch(
        self,
        stream: Stream,
        rows: list[Row],
        cursor: str | None,
        number: int,
        also: Sequence[str] = (),
    ) -> Batch:
        told = tuple(str(self._number(stream, row)) for row in rows)
        return Batch(frame_of(rows), cursor, acknowledge=(*also, *told), facts={"part": number})

    def _number(self, stream: Stream, row: Row) -> int:
        return int(str(row[self._batch(stream)]))

    def _batch(self, stream: Stream) -> str:
        if stream.cursor is None:
            raise self._lacks(stream, "cursor")
        return stream.cursor

    def _acknowledge(self, stream: Stream) -> Acknowledge:
        if stream.acknowledge is None:
            raise self._lacks(stream, "acknowledge")
        return stream.acknowledge

    def _lacks(self, stream: Stream, key: str) -> BadContract:
        return BadContract(
            f"{self.system.code}.yml: streams.{stream.name}.{key} is needed to read a change table",
            system=self.system.code,
        )

    def _at(self, stream: Stream) -> str:
        return self._name(self._batch(stream))

    def _name(self, path: str) -> str:
        return self.database.name(path)


def _key(stream: Stream, row: Row) -> tuple[object, ...]:
    return tuple(row[column] for column in stream.key)


def _places(values: dict[str, object]) -> str:
    return ", ".join(f":{name}" for name in values)
