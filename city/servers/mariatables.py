"""MySQL systems on a real MariaDB: a database each, read by its own account."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

from city.servers.credentials import Account
from city.servers.mariadb import MariaServer
from city.servers.tables import CHUNK, Cells, Table

TYPES = {"text": "TEXT", "time": "DATETIME", "batch": "BIGINT", "state": "VARCHAR(8)"}


def quoted(name: str) -> str:
    """A name for MariaDB."""
    return "`" + name.replace("`", "``") + "`"


class MariaDatabase:
    """One system's database on that server."""

    def __init__(self, server: MariaServer, code: str, account: Account) -> None:
        self._server, self._code, self._account = server, code, account

    def prepare(self) -> None:
        """Database, user and password are there."""
        user = self._account["user"]
        with closing(self._server.connect(None)) as conn, conn.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {quoted(self._code)}")
            cursor.execute("CREATE USER IF NOT EXISTS %s@%s", (user, self._server.callers))
            cursor.execute(
                "ALTER USER %s@%s IDENTIFIED BY %s",
                (user, self._server.callers, self._account["password"]),
            )
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {quoted(self._code)}.city_position"
                " (name VARCHAR(64) PRIMARY KEY, at VARCHAR(32) NOT NULL)"
            )

    def position(self, table: Table) -> str | None:
        """How far the table was filled."""
        with closing(self._server.connect(self._code)) as conn, conn.cursor() as cursor:
            cursor.execute("SELECT at FROM city_position WHERE name = %s", (table.name,))
            row = cursor.fetchone()
        return str(row[0]) if row else None

    def load(self, table: Table, rows: Iterable[Cells], position: str) -> None:
        """The table, its view and the read right anew."""
        base, who = quoted(table.name), (self._account["user"], self._server.callers)
        types = {table.key: "VARCHAR(191)"} if table.view else {}  # a TEXT is no primary key
        columns = [f"{quoted(name)} {types.get(name, TYPES[kind])}" for name, kind in table.columns]
        key = [f"PRIMARY KEY ({quoted(table.key)})"] if table.keyed else []
        body = ", ".join(columns + key)
        with closing(self._server.connect(self._code)) as conn, conn.cursor() as cursor:
            cursor.execute("DELETE FROM city_position WHERE name = %s", (table.name,))
            conn.commit()  # tables are made outside transactions: not filled until noted again
            cursor.execute(f"DROP TABLE IF EXISTS {base}")
            cursor.execute(f"CREATE TABLE {base} ({body})")
            if table.view:
                view = quoted(table.view)
                cursor.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM {base}")  # noqa: S608
                cursor.execute(f"GRANT SELECT, SHOW VIEW ON {view} TO %s@%s", who)
            else:
                right = f"SELECT, UPDATE ({quoted(table.state or '')})"
                cursor.execute(f"GRANT {right} ON {base} TO %s@%s", who)
            self._fill(cursor, table, rows, position)
            conn.commit()

    def put(self, table: Table, rows: Iterable[Cells], gone: Iterable[str], position: str) -> None:
        """Insert or replace rows, delete keys, in one transaction."""
        with closing(self._server.connect(self._code)) as conn, conn.cursor() as cursor:
            cursor.executemany(
                f"DELETE FROM {quoted(table.name)} WHERE {quoted(table.key)} = %s",  # noqa: S608
                [(key,) for key in gone],
            )
            self._fill(cursor, table, rows, position)
            conn.commit()

    def _fill(self, cursor: Any, table: Table, rows: Iterable[Cells], position: str) -> None:
        verb = "INSERT IGNORE" if table.state else "REPLACE"
        marks = ", ".join(["%s"] * len(table.columns))
        statement = f"{verb} INTO {quoted(table.name)} VALUES ({marks})"
        some: list[Cells] = []
        for row in rows:
            some.append(row)
            if len(some) == CHUNK:
                cursor.executemany(statement, some)
                some = []
        cursor.executemany(statement, some)
        cursor.execute("REPLACE INTO city_position VALUES (%s, %s)", (table.name, position))

    def keys(self, table: Table) -> set[str]:
        """The keys that the table holds."""
        with closing(self._server.connect(self._code)) as conn, conn.cursor() as cursor:
            cursor.execute(f"SELECT {quoted(table.key)} FROM {quoted(table.name)}")  # noqa: S608
            found = cursor.fetchall()
        return {str(key) for (key,) in found}
