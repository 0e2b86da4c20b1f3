"""Databases of departments: opened with a read account, asked in small steps, faults named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

import pyarrow as pa

from connectors import mypackets, pgcopy, plainrows
from connectors.dialects import DIALECTS, Statement, kind_of
from connectors.drivers import address_of, connect, driver_of
from connectors.retry import Busy
from connectors.sessions import Session, Sessions
from kernel.errors import NotAuthorised, PersonMustAct, ZhongtaiError

#: SQLSTATE classes and error numbers of MySQL, SQL Server and Oracle that mean "no right".
NO_RIGHT = ("28", "42501")
NO_RIGHT_NUMBERS = (1044, 1045, 1142, 1143, 1227, 1698, 229, 18456, 1017, 1031)
NOT_THERE = ("42P01", "42703", "3D000", "3F000")
NOT_THERE_NUMBERS = (1049, 1054, 1146, 207, 208, 942, 904)
#: Locks, statement timeouts, connections that were ended: each has its own words.
TOO_LONG = ("57014", "55P03", "40P01")
TOO_LONG_NUMBERS = (1205, 1213, 1969, 3024)
ENDED = ("57P", "08")
ENDED_NUMBERS = (1053, 1317, 1927, 2006, 2013)


#: A statement that gives no rows, and its values.
Change: TypeAlias = tuple[str, Sequence[object]]


class Database:
    """One database behind an address (a URL in a secret)."""

    def __init__(self, system: str, address: str, dialect: str) -> None:
        self.system, self.dialect = system, DIALECTS[dialect]
        self._url = address_of(system, dialect, address)
        self._driver = driver_of(system, dialect)
        self._sessions = Sessions(lambda: connect(self._driver, dialect, self._url))

    def kept(self) -> AbstractContextManager[None]:
        """Inside, one connection serves statement after statement."""
        return self._sessions.kept()

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A connection in its own transaction; faults of the driver come out named."""
        with self._session() as session:
            yield session.conn

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with self._sessions.one() as session:
                yield session
        except self._driver.Error as error:
            raise self._named(error) from None

    def types(self, table: str) -> dict[str, str]:
        """The columns of a table or view as it is now, with the source's names of their types."""
        query = f"SELECT * FROM {self.dialect.quoted(table)} WHERE 1 = 0"  # noqa: S608
        with self.connect() as conn:
            match self.dialect.name:
                case "postgresql" | "kingbase":
                    return pgcopy.types_of(conn, query.replace("%%", "%"))
                case "mysql":
                    return mypackets.types_of(conn, query.replace("%%", "%"))
                case "sqlite":
                    conn.execute(query)  # so that a table that is not there is an error
                    return plainrows.sqlite_types_of(conn, table)
                case _:
                    return plainrows.types_of(conn, query)

    def statement(self, types: dict[str, str]) -> Statement:
        """A statement over columns of these types."""
        return Statement(self.dialect, {name: kind_of(one) for name, one in types.items()})

    def what(self, columns: Sequence[str]) -> str:
        """What to select for these columns."""
        return ", ".join(self.dialect.column(column) for column in columns)

    def read(
        self,
        query: str,
        values: Sequence[object],
        columns: Sequence[str],
        types: Mapping[str, str],
    ) -> pa.Table:
        """Rows as text columns. The transaction ends with the statement.

        `types`: the source's names of the columns' types; a column without one is text.
        """
        with self._session() as session:
            match self.dialect.name:
                case "postgresql" | "kingbase":
                    return pgcopy.read(session, query, values, columns, types)
                case "mysql":
                    return mypackets.read(session.conn, query, values, columns)
                case _:
                    return plainrows.read(session.conn, query, values, columns)

    def change(self, changes: Sequence[Change]) -> None:
        """Statements that give no rows, in one transaction."""
        with self.connect() as conn:
            cursor = conn.cursor()
            for query, values in changes:
                cursor.execute(query, tuple(values))

    def _named(self, error: Exception) -> ZhongtaiError:
        code = _code(error)
        facts: dict[str, Any] = {"system": self.system, "code": str(code)[:8]}
        if _is(code, NO_RIGHT, NO_RIGHT_NUMBERS) or "authentication failed" in str(error):
            return NotAuthorised(
                f"{self.system} refuses our database account: check its address and our grant",
                **facts,
            )
        if _is(code, NOT_THERE, NOT_THERE_NUMBERS) or _is_missing_in_sqlite(error):
            return PersonMustAct(
                f"{self.system} has no such table or column as its YAML names: "
                "compare path, key and cursor with the source",
                **facts,
            )
        why = type(error).__name__
        if _is(code, TOO_LONG, TOO_LONG_NUMBERS):
            why = "a lock or a statement took too long"
        elif _is(code, ENDED, ENDED_NUMBERS):
            why = "it ended our connection in mid-read"
        return Busy(
            f"the database of {self.system} cannot be read now ({why}): try again later", **facts
        )


def _code(error: Exception) -> object:
    """The SQLSTATE or the number of a driver's error."""
    first: object = getattr(error, "sqlstate", None) or next(iter(error.args), "")
    return getattr(first, "code", first)  # oracledb carries an object with a code


def _is_missing_in_sqlite(error: Exception) -> bool:
    return str(error).startswith(("no such table", "no such column"))


def _is(code: object, states: tuple[str, ...], numbers: tuple[int, ...]) -> bool:
    if isinstance(code, int):
        return code in numbers
    return str(code).startswith(states)
