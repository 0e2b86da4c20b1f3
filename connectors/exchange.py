"""Change tables of a front-end exchange database: one row a change, read by batch number.

A table holds an operation (I, U, D), a batch number that grows, and a state that we set when a
change has landed. Numbers are given out before they commit, so a change may appear behind the
cursor; and a run may end between landing and acknowledging. Changes behind the cursor that are
not acknowledged are therefore read again, but only where no later change of the same key is there:
an older change must not undo a newer one. A number that several changes share is acknowledged
once all of them have been given. A change without a key is given too: its row goes to quarantine.
One without a number has no place in the order, so it is told and nothing of it is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import pyarrow as pa

from connectors.database import Database
from connectors.faults import FaultTable
from connectors.frames import frame_of
from connectors.keyset import Condition, Reading, frame, is_among, is_not, is_value, pieces
from connectors.protocol import Client, Fault
from connectors.reading import dump, load
from connectors.times import moment_of
from kernel.batch import Batch
from kernel.errors import BadContract, Disagrees, PersonMustAct
from kernel.secrets import Secrets
from registry.contract import Acknowledge, ExchangeTransport, Stream, System

#: Parameters that one statement takes.
CHUNK = 500


class ExchangeClient(Client):
    """One exchange database with a change table a stream."""

    def __init__(self, system: System, transport: ExchangeTransport, secrets: Secrets) -> None:
        super().__init__(system)
        self._faults: dict[str, FaultTable] = {}
        address = secrets.get(transport.address)
        self.database = Database(system.code, address, transport.dialect)

    def check(self) -> None:
        """The columns that a read needs, of every table."""
        for stream in self.system.streams.values():
            self._reading(stream, [])

    def rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        """Changes behind the cursor, in the order of their numbers."""
        with self.database.kept():
            yield from self._rows(stream, cursor, full)

    def _rows(self, stream: Stream, cursor: str | None, full: bool) -> Iterator[Batch]:
        last = int(load(self.system.code, stream, cursor, full).get("batch", 0))
        told: list[int] = []  # numbers to acknowledge with the next batch
        number = 0
        types = self._reading(stream, []).types
        # Read first: what shares a number with one of these, and has a key, is given before them.
        bare = self._waiting(stream).nulls(_order(stream))
        for late in self._late(stream, last, told) if last else ():
            number += 1
            numbers = sorted(set(_numbers(stream, late)) - set(told))
            yield _batch(late, types, None, numbers, number)
        new = self._reading(stream, [is_value(_column(stream), ">", str(last))])
        for table, done, ends in _whole(stream, pieces(new.steps(_order(stream)))):
            number, go_on = number + 1, dump(batch=str(ends)) if ends is not None else None
            yield _batch(table, types, go_on, [*told, *done], number)
            told = []
        keyless = bare.filter(bare.column(_column(stream)).is_valid())
        for table in pieces(iter([keyless])):
            number += 1
            yield _batch(table, types, None, _numbers(stream, table), number)
        if bare.num_rows > keyless.num_rows:
            raise self._unnumbered(stream, bare.num_rows - keyless.num_rows)

    def keys(self, stream: Stream) -> Iterator[pd.DataFrame]:
        """The keys whose last change is not a delete."""
        alive: dict[tuple[str | None, ...], bool] = {}
        deletes, wanted = stream.deletes, [*stream.key]
        operation = deletes.column if deletes is not None else None
        columns = dict.fromkeys([*_order(stream), *([operation] if operation else [])])
        for table in self._reading(stream, [], list(columns)).steps(_order(stream)):
            said = table.column(operation).to_pylist() if operation else [None] * table.num_rows
            gone = deletes.value if deletes is not None else None
            for key, what in zip(_rows(table, wanted), said, strict=True):
                alive[key] = gone is None or what != gone
        live = [dict(zip(wanted, key, strict=True)) for key, lives in alive.items() if lives]
        yield frame_of([dict(one) for one in live], wanted)

    def period(self, stream: Stream, since: str, until: str) -> Iterator[Batch]:
        """The last changes of keys whose time (`fields.updated`) is in the period, `until` not."""
        at = stream.column("updated")
        if at is None:
            raise PersonMustAct(
                f"{self.system.code} {stream.name} maps no time (fields.updated): read it in full",
                system=self.system.code,
            )
        first, last = moment_of(stream, since), moment_of(stream, until)
        inside = [is_value(at, ">=", first), is_value(at, "<", last)]
        reading = self._reading(stream, inside)
        for number, table in enumerate(pieces(reading.steps(_order(stream))), start=1):
            yield _batch(self._latest(stream, table), reading.types, None, (), number)

    def one(self, stream: Stream, key: Mapping[str, str]) -> pd.DataFrame:
        """The last change of this key; no row when there is none."""
        where = [is_value(column, "=", key[column]) for column in stream.key]
        return frame(self._latest(stream, self._reading(stream, where).all()))

    def acknowledge(self, stream: Stream, keys: tuple[str, ...]) -> None:
        """Set the state of these batch numbers."""
        sign, types = _acknowledge(self.system, stream), self.database.types(stream.path)
        quoted = self.database.dialect.quoted
        for i in range(0, len(keys), CHUNK):
            statement = self.database.statement(types)
            value = statement.put(sign.column, sign.value)
            those = statement.among(_column(stream), keys[i : i + CHUNK])
            query = (
                f"UPDATE {quoted(stream.path)} SET {self.database.dialect.column(sign.column)}"  # noqa: S608
                f" = {value} WHERE {those}"
            )
            self.database.change([(query, statement.values)])

    def report(self, stream: Stream, faults: Sequence[Fault]) -> None:
        """Write refused rows into the source's fault table, and take away those that are good."""
        if stream.faults is None:
            return
        if stream.name not in self._faults:
            self._faults[stream.name] = FaultTable(self.database, stream.faults)
        self._faults[stream.name].tell(faults)

    def _late(self, stream: Stream, last: int, told: list[int]) -> Iterator[pa.Table]:
        """Changes up to the cursor that are not acknowledged; overtaken ones only by number."""
        waiting = self._waiting(stream, is_value(_column(stream), "<=", str(last)))
        for table in pieces(waiting.steps(_order(stream))):
            live = self._latest(stream, table)
            told.extend(sorted(set(_numbers(stream, table)) - set(_numbers(stream, live))))
            if live.num_rows:
                yield live

    def _waiting(self, stream: Stream, *where: Condition) -> Reading:
        """Changes that are not acknowledged."""
        sign = _acknowledge(self.system, stream)
        return self._reading(stream, [*where, is_not(sign.column, sign.value)])

    def _unnumbered(self, stream: Stream, count: int) -> Disagrees:
        return Disagrees(
            f"{self.system.code} {stream.name}: {count} changes of {stream.path} have no "
            f"{_column(stream)}, so they have no place in the order: ask its contact",
            "change_without_number",
            _column(stream),
            system=self.system.code,
            stream=stream.name,
        )

    def _latest(self, stream: Stream, table: pa.Table) -> pa.Table:
        """The rows that are the last change of their key, over the whole table."""
        newest = self._newest(stream, table)
        keys, numbers = _rows(table, stream.key), _numbers(stream, table)
        last = [i for i, key in enumerate(keys) if numbers[i] == newest[key]]
        return table.take(pa.array(last, pa.int64()))

    def _newest(self, stream: Stream, table: pa.Table) -> dict[tuple[str | None, ...], int]:
        """The last batch number of each key in the table."""
        first = stream.key[0]
        asked = list(dict.fromkeys(table.column(first).to_pylist()))
        newest: dict[tuple[str | None, ...], int] = {}
        for i in range(0, len(asked), CHUNK):
            part = is_among(first, asked[i : i + CHUNK])
            for found in self._reading(stream, [part], _order(stream)).steps(_order(stream)):
                pairs = zip(_rows(found, stream.key), _numbers(stream, found), strict=True)
                newest.update(pairs)  # in the order of numbers
        return newest

    def _reading(
        self, stream: Stream, where: Sequence[Condition], columns: Sequence[str] | None = None
    ) -> Reading:
        types = self.database.types(stream.path)
        state = _acknowledge(self.system, stream).column
        for column in (*_order(stream), state):
            if column not in types:
                raise PersonMustAct(
                    f"{self.system.code} {stream.name}: {stream.path} has no column {column}: "
                    "compare key, cursor and acknowledge with the source",
                    system=self.system.code,
                    stream=stream.name,
                )
        return Reading(self.database, stream.path, types, columns or list(types), where)


def _whole(
    stream: Stream, tables: Iterator[pa.Table]
) -> Iterator[tuple[pa.Table, list[int], int | None]]:
    """Each table with the numbers that are whole once it has landed, and the last of them."""
    held: pa.Table | None = None
    carried: list[int] = []
    for table in tables:
        if held is not None:
            opens = _numbers(stream, table)[0]
            done = sorted({*carried, *_numbers(stream, held)} - {opens})
            yield held, done, done[-1] if done else None
            carried = [opens]
        held = table
    if held is not None:
        done = sorted({*carried, *_numbers(stream, held)})
        yield held, done, done[-1]


def _batch(
    table: pa.Table,
    types: dict[str, str],
    cursor: str | None,
    numbers: Sequence[int],
    part: int,
) -> Batch:
    told = tuple(str(number) for number in dict.fromkeys(numbers))
    return Batch(frame(table), cursor, acknowledge=told, facts={"part": part}, types=types)


def _rows(table: pa.Table, columns: Sequence[str]) -> list[tuple[str | None, ...]]:
    return list(zip(*(table.column(one).to_pylist() for one in columns), strict=True))


def _numbers(stream: Stream, table: pa.Table) -> list[int]:
    return [int(str(one)) for one in table.column(_column(stream)).to_pylist()]


def _column(stream: Stream) -> str:
    if stream.cursor is None:
        raise BadContract(f"streams.{stream.name}.cursor is needed to read a change table")
    return stream.cursor


def _order(stream: Stream) -> list[str]:
    return list(dict.fromkeys([_column(stream), *stream.key]))


def _acknowledge(system: System, stream: Stream) -> Acknowledge:
    if stream.acknowledge is None:
        raise BadContract(
            f"{system.code}.yml: streams.{stream.name}.acknowledge is missing: "
            "a change table needs it",
            system=system.code,
        )
    return stream.acknowledge
