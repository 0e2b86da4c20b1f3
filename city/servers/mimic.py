"""MySQL systems without a MySQL: mysql-mimic speaks the protocol, SQLite files hold the tables.

Statements are parsed as MySQL and run as SQLite. An account sees its own database only, may read
everything there and update nothing but an exchange table's state column.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from mysql_mimic import IdentityProvider, MysqlServer, ResultColumn, ResultSet, Session, User
from mysql_mimic.auth import NativePasswordAuthPlugin
from mysql_mimic.errors import ErrorCode, MysqlError
from mysql_mimic.types import ColumnType
from sqlglot import expressions as exp

from city.servers.credentials import Account
from city.servers.tables import Cells, Table

TYPES = {"text": "TEXT", "time": "TEXT", "batch": "INTEGER", "state": "TEXT"}
WIRE_TYPES = {"time": ColumnType.DATETIME, "batch": ColumnType.LONGLONG}
SHOWN_TYPES = {"text": "TEXT", "time": "DATETIME", "batch": "BIGINT", "state": "TEXT"}
NO_SUCH_TABLE, BAD_FIELD = 1146, 1054  # MySQL's numbers
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}


def quoted(name: str) -> str:
    """A name for SQLite."""
    return '"' + name.replace('"', '""') + '"'


class MimicDatabase:
    """One system's tables in a SQLite file, and who may read them."""

    def __init__(self, folder: Path, code: str, account: Account, tables: list[Table]) -> None:
        self.code, self.account, self.tables = code, account, tables
        self._file = folder / f"{code}.sqlite"
        self.types = {
            name.lower(): WIRE_TYPES[kind]
            for table in tables
            for name, kind in table.columns
            if kind in WIRE_TYPES
        }
        self._states = {(table.name, table.state) for table in tables if table.state}
        with self._writing() as conn:
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("CREATE TABLE IF NOT EXISTS position (name TEXT PRIMARY KEY, at TEXT)")

    def _writing(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._file, timeout=30))

    def position(self, table: Table) -> str | None:
        """How far the table was filled."""
        with self._writing() as conn:
            row = conn.execute("SELECT at FROM position WHERE name = ?", (table.name,)).fetchone()
        return str(row[0]) if row else None

    def load(self, table: Table, rows: Iterable[Cells], position: str) -> None:
        """The table and its view anew."""
        base = quoted(table.name)
        columns = [f"{quoted(name)} {TYPES[kind]}" for name, kind in table.columns]
        with self._writing() as conn, conn:
            conn.execute("BEGIN IMMEDIATE")
            conn.execute(f"DROP TABLE IF EXISTS {base}")
            key = f"PRIMARY KEY ({quoted(table.key)})"
            conn.execute(f"CREATE TABLE {base} ({', '.join(columns)}, {key})")
            if table.view:
                conn.execute(f"DROP VIEW IF EXISTS {quoted(table.view)}")
                conn.execute(f"CREATE VIEW {quoted(table.view)} AS SELECT * FROM {base}")  # noqa: S608
            self._fill(conn, table, rows, position)

    def put(self, table: Table, rows: Iterable[Cells], gone: Iterable[str], position: str) -> None:
        """Insert or replace rows, delete keys."""
        with self._writing() as conn, conn:
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany(
                f"DELETE FROM {quoted(table.name)} WHERE {quoted(table.key)} = ?",  # noqa: S608
                [(key,) for key in gone],
            )
            self._fill(conn, table, rows, position)

    def _fill(
        self, conn: sqlite3.Connection, table: Table, rows: Iterable[Cells], position: str
    ) -> None:
        marks = ", ".join("?" * len(table.columns))
        verb = "INSERT OR IGNORE" if table.state else "INSERT OR REPLACE"
        conn.executemany(f"{verb} INTO {quoted(table.name)} VALUES ({marks})", rows)
        conn.execute("INSERT OR REPLACE INTO position VALUES (?, ?)", (table.name, position))

    def keys(self, table: Table) -> set[str]:
        """The keys that the table holds."""
        with self._writing() as conn:
            found = conn.execute(
                f"SELECT {quoted(table.key)} FROM {quoted(table.name)}"  # noqa: S608
            ).fetchall()
        return {str(key) for (key,) in found}

    def run(self, sql: str) -> tuple[list[Any], list[str], int]:
        """A client's statement: rows, column names, rows changed. Raises sqlite3.Error."""
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as conn:
            conn.set_authorizer(self._authorise)
            cursor = conn.execute(sql)
            names = [str(one[0]) for one in cursor.description or []]
            return cursor.fetchall(), names, max(cursor.rowcount, 0)

    def check_names(self, expression: Any) -> None:
        """Raises MysqlError for a table or column that is not there: SQLite reads an unknown
        quoted name as a text."""
        known = {table.view or table.name for table in self.tables}
        for table in expression.find_all(exp.Table):
            if table.name not in known:
                raise MysqlError(f"Table '{table.name}' doesn't exist", NO_SUCH_TABLE)
        columns = {name.lower() for table in self.tables for name in table.names}
        columns |= {alias.alias.lower() for alias in expression.find_all(exp.Alias)}
        for column in expression.find_all(exp.Column):
            if column.name and column.name.lower() not in columns:
                raise MysqlError(f"Unknown column '{column.name}'", BAD_FIELD)

    def _authorise(self, action: int, first: str | None, second: str | None, *_: Any) -> int:
        if action in ALLOWED:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_UPDATE and (first, second) in self._states:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    def schema(self) -> dict[str, dict[str, dict[str, str]]]:
        """What information_schema shows."""
        shown = {
            table.view or table.name: {name: SHOWN_TYPES[kind] for name, kind in table.columns}
            for table in self.tables
        }
        return {self.code: shown}


class MimicSession(Session):  # type: ignore[misc]  # the library has no types
    """One client's connection."""

    def __init__(self, databases: dict[str, MimicDatabase]) -> None:
        super().__init__()
        self._databases = databases
        self._changed = 0

    async def init(self, connection: Any) -> None:
        """Ready for queries; the library answers OK without saying how many rows changed."""
        await super().init(connection)
        plain = connection.ok

        def ok(**given: Any) -> Any:
            changed, self._changed = self._changed, 0
            return plain(**{"affected_rows": changed, **given})

        connection.ok = ok

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:
        """Any statement. The library goes on after it refused a password: here it ends."""
        self._own()
        return await super().handle_query(sql, attrs)

    def _own(self) -> MimicDatabase:
        for database in self._databases.values():
            if self.username == database.account["user"]:
                if self.database not in (None, database.code, "information_schema"):
                    raise MysqlError(
                        "Access denied to this database", ErrorCode.ACCESS_DENIED_ERROR
                    )
                return database
        raise MysqlError("Access denied", ErrorCode.ACCESS_DENIED_ERROR)

    async def query(self, expression: Any, sql: str, attrs: dict[str, str]) -> Any:  # noqa: ARG002
        """A statement on the system's tables."""
        database = self._own()
        for table in expression.find_all(exp.Table):
            if table.db not in ("", database.code):
                raise MysqlError("Access denied to this database", ErrorCode.ACCESS_DENIED_ERROR)
            table.set("db", None)
        database.check_names(expression)
        text = expression.sql(dialect="sqlite")
        try:
            rows, names, self._changed = await asyncio.to_thread(database.run, text)
        except sqlite3.Error as error:
            denied = "not authorized" in str(error) or "prohibited" in str(error)
            code = ErrorCode.ACCESS_DENIED_ERROR if denied else ErrorCode.UNKNOWN_ERROR
            raise MysqlError(str(error), code) from None
        return ResultSet(rows, [_column(database, name, rows, n) for n, name in enumerate(names)])

    async def _show(self, expression: Any) -> Any:
        """SHOW; CREATE TABLE, which the library does not know, for clients that reflect by it."""
        if expression.name.upper() != "CREATE TABLE":
            return await super()._show(expression)
        database = self._own()
        name = str(expression.text("target") or expression.find(exp.Table).name)
        columns = database.schema()[database.code].get(name)
        if columns is None:
            raise MysqlError(f"Table '{name}' doesn't exist", NO_SUCH_TABLE)
        lines = ",\n".join(f"  `{one}` {kind.lower()}" for one, kind in columns.items())
        text = f"CREATE TABLE `{name}` (\n{lines}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        return [(name, text)], ["Table", "Create Table"]

    async def schema(self) -> Any:
        """For SHOW, DESCRIBE and information_schema."""
        return self._own().schema()


def _column(database: MimicDatabase, name: str, rows: Sequence[Any], place: int) -> Any:
    kind = database.types.get(name.lower())
    if kind is None:
        first = next((row[place] for row in rows if row[place] is not None), "")
        kind = ColumnType.LONGLONG if isinstance(first, int) else ColumnType.VARCHAR
    return ResultColumn(name, kind)


class Accounts(IdentityProvider):  # type: ignore[misc]  # the library has no types
    """Who may sign in."""

    def __init__(self, databases: dict[str, MimicDatabase]) -> None:
        self._known = {one.account["user"]: one.account["password"] for one in databases.values()}

    async def get_user(self, username: str) -> Any:
        """The user with the password's hash, or None."""
        if username not in self._known:
            return None
        plugin = NativePasswordAuthPlugin
        secret = plugin.create_auth_string(self._known[username])
        return User(name=username, auth_string=secret, auth_plugin=plugin.name)


class MimicServer:
    """The protocol server, in a thread and an event loop of its own."""

    def __init__(self, databases: dict[str, MimicDatabase], listener: socket.socket) -> None:
        self._loop = asyncio.new_event_loop()
        for name in ("mysql_mimic", "sqlglot"):  # they log statements, which carry values
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        make: Callable[[], Any] = partial(MimicSession, databases)
        self._server = MysqlServer(make, identity_provider=Accounts(databases))
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name="mysql-mimic", daemon=True)

    def start(self) -> None:
        """Accept clients."""
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.start_server(sock=self._listener, port=None))
        self._loop.run_forever()
        self._server.close()
        clients = asyncio.all_tasks(self._loop)
        for client in clients:
            client.cancel()
        self._loop.run_until_complete(asyncio.gather(*clients, return_exceptions=True))
        self._loop.close()

    def stop(self) -> None:
        """Let every client go."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(0.5)
