"""Reading a table in steps behind the last row, never by OFFSET.

Every step is one statement and one short transaction. Rows are ordered and compared by the same
columns on the server, so its own collation decides both. Rows that the collation holds equal to
a step's last row (`a` and `A`) are asked for by name, so that no border falls between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from connectors.database import Database
from connectors.dialects import Statement
from connectors.frames import BATCH
from kernel.errors import PersonMustAct

#: Writes a condition into a statement.
Condition = Callable[[Statement], str]

#: Rows and bytes that one statement gives at most; the first gives one batch, to learn the width.
STEP_ROWS = 100_000
STEP_BYTES = 8 << 20


@dataclass(frozen=True)
class Reading:
    """What is read: a table, its columns with their types, and which of them are wanted."""

    database: Database
    table: str
    types: dict[str, str]
    columns: Sequence[str]
    where: Sequence[Condition] = field(default_factory=tuple)

    def steps(
        self, order: Sequence[str], behind: Sequence[str] | None = None
    ) -> Iterator[pa.Table]:
        """Tables of rows in the order of these columns, which are among those wanted.

        `behind`: their values in the row to go on behind. Rows with a null in one of them are
        left out: `nulls` gives them.
        """
        self._refuse_inexact(order)
        whole = [*self.where, *(is_null(column, "IS NOT NULL") for column in order)]
        with self.database.kept():
            yield from self._steps(whole, order, behind)

    def _steps(
        self, whole: Sequence[Condition], order: Sequence[str], last: Sequence[object] | None
    ) -> Iterator[pa.Table]:
        limit = BATCH.rows
        while True:
            behind: list[Condition] = [_behind(order, last)] if last is not None else []
            found = self._select([*whole, *behind], order, limit)
            if found.num_rows < limit:
                if found.num_rows:
                    yield found
                return
            last = [found.column(column)[-1].as_py() for column in order]
            yield pa.concat_tables([found, self._ties(found, order, last, limit)])
            rows = STEP_BYTES * found.num_rows // max(found.nbytes, 1) // BATCH.rows
            limit = BATCH.rows * min(max(rows, 1), STEP_ROWS // BATCH.rows)

    def nulls(self, order: Sequence[str]) -> pa.Table:
        """Rows with a null in one of these columns: they have no place in the order.

        Raises PersonMustAct when they are more than a statement gives: then it is no key.
        """
        found = self._select([*self.where, _any_null(order)], (), STEP_ROWS)
        if found.num_rows == STEP_ROWS:
            raise self._no_key(order, f"is empty in {STEP_ROWS} rows and more")
        return found

    def newest(self, column: str) -> str | None:
        """The largest value of a column, as a row of it says; None when it has none."""
        largest = self._select([*self.where, is_largest(column, self.table)], (), 1)
        return largest.column(column)[0].as_py() if largest.num_rows else None

    def all(self) -> pa.Table:
        """All rows that meet the conditions, up to what one statement gives."""
        return self._select(self.where, (), STEP_ROWS)

    def _select(
        self, where: Sequence[Condition], order: Sequence[str], limit: int | None
    ) -> pa.Table:
        statement = self.database.statement(self.types)
        written = [condition(statement) for condition in where]
        what = self.database.what(self.columns)
        query = statement.select(what, self.table, written, order, limit)
        return self.database.read(query, statement.values, self.columns, self.types)

    def _ties(
        self, found: pa.Table, order: Sequence[str], last: Sequence[object], limit: int
    ) -> pa.Table:
        """Rows equal to the last one in the server's eyes that the step has not given."""
        equal = [is_value(column, "=", value) for column, value in zip(order, last, strict=True)]
        same = self._select([*self.where, *equal], (), limit)
        if same.num_rows == limit:
            raise self._no_key(order, f"is the same in {limit} rows and more")
        if same.num_rows < 2:  # the last row itself
            return same.slice(0, 0)
        tail = found.slice(max(found.num_rows - same.num_rows, 0))
        given = Counter(_rows(tail))
        fresh = []
        for place, row in enumerate(_rows(same)):
            given[row] -= 1
            if given[row] < 0:
                fresh.append(place)
        return same.take(pa.array(fresh, pa.int64()))

    def _refuse_inexact(self, order: Sequence[str]) -> None:
        for column in order:
            if self.database.dialect.name == "mysql" and self.types[column] == "float":
                raise self._no_key([column], "is of type float, whose text is not its value")

    def _no_key(self, order: Sequence[str], why: str) -> PersonMustAct:
        return PersonMustAct(
            f"{self.database.system}: {', '.join(order)} of {self.table} {why}: "
            "name key and cursor columns that tell rows apart",
            system=self.database.system,
        )


def is_value(column: str, sign: str, value: object) -> Condition:
    """The column compared with a value."""
    return lambda statement: statement.compared(column, sign, value)


def is_null(column: str, sign: str = "IS NULL") -> Condition:
    """The column is null, or with `IS NOT NULL` is not."""
    return lambda statement: f"{statement.dialect.column(column)} {sign}"


def is_largest(column: str, table: str) -> Condition:
    """The column holds what is its largest value in the table."""
    return lambda statement: statement.largest(column, table)


def is_not(column: str, value: object) -> Condition:
    """The column is null or another value."""
    return lambda statement: (
        f"({statement.dialect.column(column)} IS NULL OR {statement.compared(column, '<>', value)})"
    )


def is_among(column: str, values: Sequence[object]) -> Condition:
    """The column is one of these values."""
    return lambda statement: statement.among(column, values)


def _behind(order: Sequence[str], last: Sequence[object]) -> Condition:
    return lambda statement: statement.behind(order, last)


def _any_null(order: Sequence[str]) -> Condition:
    return lambda statement: (
        "(" + " OR ".join(f"{statement.dialect.column(one)} IS NULL" for one in order) + ")"
    )


def _rows(table: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def pieces(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The tables cut into what a batch holds; empty ones left out."""
    for table in tables:
        for at in range(0, table.num_rows, BATCH.rows):
            yield table.slice(at, BATCH.rows)


def frame(table: pa.Table) -> pd.DataFrame:
    """A table of text as a batch's frame."""
    kind: Any = pd.StringDtype("pyarrow")  # its stubs do not know Arrow's own hook
    made = {name: kind.__from_arrow__(table.column(name)) for name in table.column_names}
    return pd.DataFrame(made, columns=table.column_names, index=pd.RangeIndex(table.num_rows))
