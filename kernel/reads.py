"""Small reads: a statement, what it is given, and what is made of its rows. Several of them that do
not wait for each other go in one round trip, in PostgreSQL's pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import psycopg
from sqlalchemy import ClauseElement, Connection, Dialect, Executable, Result
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
Rows = Result[*tuple[Any, ...]]


@dataclass(frozen=True)
class Read(Generic[T]):
    """`statement`: built once, at import, so that it is compiled once. Without `IN`: see
    `kernel.db.is_one_of`. `made`: takes the rows."""

    statement: Executable
    given: Mapping[str, Any]
    made: Callable[[Rows], T]


def read(conn: Connection, one: Read[T]) -> T:
    """One read, in a round trip of its own."""
    return one.made(conn.execute(one.statement, one.given))


class Asking:
    """Takes the reads of one round trip. Each gives a call that answers once the trip is over."""

    def __init__(self, conn: Connection) -> None:
        self.raw: psycopg.Connection[Any] = conn.connection.driver_connection  # type: ignore[assignment]  # of this driver
        self.dialect = conn.dialect

    def __call__(self, one: Read[T]) -> Callable[[], T]:
        """Send a read."""
        words, given = _sent(one.statement, self.dialect)
        cursor = self.raw.cursor()
        cursor.execute(words, {**given, **one.given})

        def answer() -> T:
            return one.made(_result(cursor))

        return answer


@contextmanager
def together(conn: Connection) -> Iterator[Asking]:
    """One round trip, in the connection's transaction. Raises DBAPIError, as `execute` does."""
    asking = Asking(conn)
    try:
        with asking.raw.pipeline():
            yield asking
    except psycopg.Error as error:
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, dialect=conn.dialect
        ) from error


@lru_cache(maxsize=256)
def _sent(statement: Executable, dialect: Dialect) -> tuple[Any, dict[str, Any]]:
    """The driver's words of a statement, and the values that it holds itself."""
    if not isinstance(statement, ClauseElement):
        raise TypeError("a read is a statement of SQLAlchemy")
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.post_compile_params:
        raise ValueError("a read whose words hang on its values cannot be compiled once")
    held = {name: one.value for name, one in compiled.binds.items() if not one.required}
    return str(compiled), held


def _result(cursor: psycopg.Cursor[Any]) -> Rows:
    """The rows as SQLAlchemy gives them."""
    names = [column.name for column in cursor.description or ()]
    rows = cursor.fetchall()
    return IteratorResult(SimpleResultMetaData(names), iter(rows))
