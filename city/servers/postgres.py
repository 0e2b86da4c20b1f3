"""SQL and exchange systems on PostgreSQL: a database a system, a role that may read its view."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from city.servers.credentials import Account
from city.servers.errors import ServeError
from city.servers.tables import Cells, Table

TYPES = {"text": "text", "time": "timestamp(0)", "batch": "bigint", "state": "text"}
FAULTS = "certificate_source_id text, error_reason text, error_time timestamp(0)"
POSITIONS = "CREATE TABLE city_position (city text, name text PRIMARY KEY, position text)"


class Postgres:
    """One system's database in the city's own cluster. `city` names this city: a table that
    another city left there is made anew."""

    def __init__(self, cluster: str, code: str, account: Account, city: str) -> None:
        self._code, self._account, self._city = code, account, city
        parts = urlsplit(cluster.replace("postgresql+psycopg://", "postgresql://"))
        if parts.scheme != "postgresql" or not parts.hostname:
            raise ServeError("--postgres must be postgresql://USER:PASSWORD@HOST:PORT/postgres")
        self._cluster = parts.geturl()
        self._own = parts._replace(path=f"/{code}").geturl()
        self.host, self.port = parts.hostname, parts.port or 5432

    @property
    def url(self) -> str:
        """The address with the read account, for SQLAlchemy."""
        user, password = self._account["user"], self._account["password"]
        return f"postgresql+psycopg://{user}:{password}@{self.host}:{self.port}/{self._code}"

    def prepare(self) -> None:
        """Database, role and password are there. Raises ServeError when the cluster is away."""
        role, name = Identifier(self._account["user"]), Identifier(self._code)
        try:
            with psycopg.connect(self._cluster, autocommit=True, connect_timeout=5) as conn:
                found = conn.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", (self._account["user"],)
                ).fetchone()
                verb = SQL("ALTER" if found else "CREATE")
                password = Literal(self._account["password"])
                conn.execute(SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, password))
                found = conn.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", (self._code,)
                ).fetchone()
                if not found:
                    conn.execute(SQL("CREATE DATABASE {}").format(name))
                    conn.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
                conn.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role))
        except psycopg.OperationalError as error:
            raise ServeError(f"PostgreSQL of --postgres does not answer: {error}") from None
        with self._connect() as conn:
            conn.execute(POSITIONS.replace("TABLE", "TABLE IF NOT EXISTS"))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._own, connect_timeout=5)

    def position(self, table: Table) -> str | None:
        """How far the table was filled by this city."""
        with self._connect() as conn:
            row = conn.execute(
                "SELECT position FROM city_position WHERE name = %s AND city = %s",
                (table.name, self._city),
            ).fetchone()
        return str(row[0]) if row else None

    def load(self, table: Table, rows: Iterable[Cells], position: str) -> None:
        """The table, its view and the read right anew, filled by COPY."""
        with self._connect() as conn:
            conn.execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(Identifier(table.name)))
            columns = [
                SQL("{} {}").format(Identifier(name), SQL(TYPES[kind]))
                for name, kind in table.columns
            ]
            key = SQL("PRIMARY KEY ({})").format(Identifier(table.key))
            body = SQL(", ").join([*columns, key] if table.keyed else columns)
            conn.execute(SQL("CREATE TABLE {} ({})").format(Identifier(table.name), body))
            for statement in self._rights(table) + self._faults(table):
                conn.execute(statement)
            self._copy(conn, Identifier(table.name), table, rows)
            self._note(conn, table, position)

    def _rights(self, table: Table) -> list[Composed]:
        role, base = Identifier(self._account["user"]), Identifier(table.name)
        if table.view is None:
            state = Identifier(table.state or "")
            return [
                SQL("GRANT SELECT, UPDATE ({}) ON {} TO {}").format(state, base, role),
            ]
        views = [table.view, table.view.upper()] if table.oracle_style else [table.view]
        made = []
        for view in map(Identifier, views):
            made.append(SQL("CREATE VIEW {} AS SELECT * FROM {}").format(view, base))
            made.append(SQL("GRANT SELECT ON {} TO {}").format(view, role))
        return made

    def _faults(self, table: Table) -> list[Composed]:
        """The table that takes faults, written by the read account; it outlives a new load."""
        if table.faults is None:
            return []
        name, role = Identifier(table.faults), Identifier(self._account["user"])
        return [
            SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(name, SQL(FAULTS)),
            SQL("GRANT SELECT, INSERT, DELETE ON {} TO {}").format(name, role),
        ]

    def put(self, table: Table, rows: Iterable[Cells], gone: Iterable[str], position: str) -> None:
        """COPY to a temporary table, then INSERT … ON CONFLICT; DELETE what is gone."""
        base, key = Identifier(table.name), Identifier(table.key)
        with self._connect() as conn:
            conn.execute(SQL("CREATE TEMP TABLE stage (LIKE {}) ON COMMIT DROP").format(base))
            self._copy(conn, Identifier("stage"), table, rows)
            sets = SQL(", ").join(
                SQL("{0} = excluded.{0}").format(Identifier(name)) for name in table.names
            )
            action = SQL("NOTHING") if table.state else SQL("UPDATE SET {}").format(sets)
            conn.execute(
                SQL("INSERT INTO {} SELECT * FROM stage ON CONFLICT ({}) DO {}").format(
                    base, key, action
                )
            )
            conn.execute(SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(base, key), (list(gone),))
            self._note(conn, table, position)

    def keys(self, table: Table) -> set[str]:
        """The keys that the table holds."""
        with self._connect() as conn:
            found = conn.execute(
                SQL("SELECT {} FROM {}").format(Identifier(table.key), Identifier(table.name))
            ).fetchall()
        return {str(key) for (key,) in found}

    def _copy(
        self, conn: psycopg.Connection, into: Identifier, table: Table, rows: Iterable[Cells]
    ) -> None:
        names = SQL(", ").join(map(Identifier, table.names))
        with conn.cursor().copy(SQL("COPY {} ({}) FROM STDIN").format(into, names)) as copy:
            for row in rows:
                copy.write_row(row)

    def _note(self, conn: psycopg.Connection, table: Table, position: str) -> None:
        conn.execute(
            "INSERT INTO city_position VALUES (%s, %s, %s) ON CONFLICT (name)"
            " DO UPDATE SET city = excluded.city, position = excluded.position",
            (self._city, table.name, position),
        )
