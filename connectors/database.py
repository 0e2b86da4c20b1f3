"""Databases of departments: opened with a read account, asked in small steps, faults named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import NullType

from connectors.frames import Row
from connectors.retry import Busy
from kernel.errors import NotAuthorised, PersonMustAct, ZhongtaiError

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
CONNECT: dict[str, dict[str, str | int]] = {
    "postgresql": {"connect_timeout": 5, "options": "-c statement_timeout=120000"},
    "mysql": {"connect_timeout": 5, "read_timeout": 120, "write_timeout": 120},
}
#: SQLSTATE classes and MySQL error numbers that mean "no right".
NO_RIGHT = ("28", "42501")
NO_RIGHT_MYSQL = (1044, 1045, 1142, 1143, 1227, 1698)
NOT_THERE = ("42P01", "42703", "3D000")
NOT_THERE_MYSQL = (1049, 1054, 1146)


class Database:
    """One database behind an address (a SQLAlchemy URL in a secret)."""

    def __init__(self, system: str, address: str, dialect: str) -> None:
        self.system, self.dialect = system, dialect
        try:
            url = make_url(address)
        except ArgumentError:
            raise PersonMustAct(
                f"the address of {system} is not a database URL: mend its secret", system=system
            ) from None
        if url.get_backend_name() != dialect:
            raise PersonMustAct(
                f"the address of {system} is not of dialect {dialect} as its YAML says: mend one",
                system=system,
            )
        self.engine: Engine = create_engine(
            url.set(drivername=DRIVERS[dialect]),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=dict(CONNECT[dialect]),
        )

    def name(self, path: str) -> str:
        """A table's or column's name, quoted; a dot divides schema and table."""
        quote = self.engine.dialect.identifier_preparer.quote_identifier
        return ".".join(quote(part) for part in path.split("."))

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection in its own transaction; faults of the driver come out named."""
        try:
            with self.engine.begin() as conn:
                yield conn
        except DBAPIError as error:
            raise self._named(error) from None

    def select(self, conn: Connection, statement: str, values: Mapping[str, object]) -> list[Row]:
        """Rows of a SELECT with `:name` parameters, typed by the server."""
        result = conn.execute(_bound(statement, values), dict(values))
        return [dict(row) for row in result.mappings()]

    def execute(self, conn: Connection, statement: str, values: Mapping[str, object]) -> None:
        """A statement that gives no rows."""
        conn.execute(_bound(statement, values), dict(values))

    def close(self) -> None:
        """End connections."""
        self.engine.dispose()

    def _named(self, error: DBAPIError) -> ZhongtaiError:
        code: Any = getattr(error.orig, "sqlstate", None) or next(iter(_arguments(error)), "")
        said = str(error.orig)
        facts: dict[str, Any] = {"system": self.system, "code": str(code)[:8]}
        if _is(code, NO_RIGHT, NO_RIGHT_MYSQL) or "authentication failed" in said:
            return NotAuthorised(
                f"{self.system} refuses our database account: check its address and our grant",
                **facts,
            )
        if _is(code, NOT_THERE, NOT_THERE_MYSQL):
            return PersonMustAct(
                f"{self.system} has no such table or column as its YAML names: "
                "compare path, key and cursor with the source",
                **facts,
            )
        return Busy(
            f"the database of {self.system} cannot be read now ({type(error.orig).__name__}): "
            "try again later",
            **facts,
        )


def after(columns: Sequence[str], last: Sequence[object] | None) -> tuple[str, dict[str, object]]:
    """The condition "behind this row" in the order of the columns (quoted), and its values.

    Written out, as (a > x) OR (a = x AND b > y): every dialect has it and can use an index.
    """
    if last is None:
        return "", {}
    values = {f"v{i}": value for i, value in enumerate(last)}
    parts = []
    for i, column in enumerate(columns):
        same = [f"{columns[j]} = :v{j}" for j in range(i)]
        parts.append("(" + " AND ".join([*same, f"{column} > :v{i}"]) + ")")
    return "(" + " OR ".join(parts) + ")", values


def _bound(statement: str, values: Mapping[str, object]) -> Any:
    # NullType: no cast to VARCHAR is rendered, so the server gives a text the column's type.
    binds = [bindparam(name, type_=NullType()) for name in values]
    return text(statement).bindparams(*binds)


def _arguments(error: DBAPIError) -> tuple[object, ...]:
    return getattr(error.orig, "args", ())


def _is(code: object, states: tuple[str, ...], numbers: tuple[int, ...]) -> bool:
    if isinstance(code, int):
        return code in numbers
    return str(code).startswith(states)
