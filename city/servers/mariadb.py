"""MySQL systems on a real MariaDB, started here where `mariadbd` is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pymysql

from city.servers.credentials import Account
from city.servers.errors import ServeError
from city.servers.tables import CHUNK, Cells, Table

TYPES = {"text": "TEXT", "time": "DATETIME", "batch": "BIGINT", "state": "VARCHAR(8)"}
START_SECONDS = 60
STOP_SECONDS = 1.0
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/libexec"


def installed() -> bool:
    """Whether the server's program is there."""
    return shutil.which("mariadbd", path=PLACES) is not None


def quoted(name: str) -> str:
    """A name for MariaDB."""
    return "`" + name.replace("`", "``") + "`"


class MariaServer:
    """The server program with its own data folder; ends with the city."""

    def __init__(self, home: Path, port: int, account: Account) -> None:
        self._data, self._port, self._account = home / "mariadb", port, account
        self._home = home
        self._run: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data folder at first, start, wait for an answer. Raises ServeError."""
        self._end_leftover()
        user = ["--user=root"] if os.geteuid() == 0 else []
        if not (self._data / "mysql").exists():
            self._make(user)
        self._run = Path(tempfile.mkdtemp(prefix="city"))  # a socket's path has 107 characters
        first = self._run / "first.sql"
        first.touch(mode=0o600)
        first.write_text(self._first(), "utf-8")
        command = [*self._program("mariadbd"), f"--datadir={self._data}", *user]
        command += [f"--port={self._port}", "--bind-address=127.0.0.1", "--skip-name-resolve"]
        command += [f"--socket={self._run / 's'}", f"--pid-file={self._pid}"]
        command += ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_bin"]
        command += ["--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=2"]
        command += [f"--init-file={first}", "--skip-log-bin", "--default-time-zone=+08:00"]
        with (self._home / "mariadb.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self._wait()
        first.unlink()

    @property
    def _pid(self) -> Path:
        return self._data / "city.pid"

    def _program(self, name: str) -> list[str]:
        found = shutil.which(name, path=PLACES)
        if found is None:
            raise ServeError(f"{name} is not installed")
        return [found, "--no-defaults"]

    def _make(self, user: list[str]) -> None:
        command = [*self._program("mariadb-install-db"), f"--datadir={self._data}", *user]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            lines = (made.stderr or made.stdout).strip().splitlines()
            raise ServeError(f"mariadb-install-db failed: {lines[-1] if lines else 'no output'}")

    def _first(self) -> str:
        """Run at each start: a password for root, nobody without one."""
        lines = [f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{self._account['password']}';"]
        lines += [f"DROP USER IF EXISTS ''@'{host}';" for host in ("localhost", "%")]
        lines += [f"DROP USER IF EXISTS 'root'@'{host}';" for host in ("127.0.0.1", "::1", "%")]
        return "\n".join(lines) + "\n"

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self._process is None or self._process.poll() is not None:
                raise ServeError(f"mariadbd ended at start (see {self._home / 'mariadb.log'})")
            try:
                self.connect(None).close()
                return
            except pymysql.err.OperationalError:
                if time.monotonic() > deadline:
                    raise ServeError(f"mariadbd did not answer in {START_SECONDS} s") from None
                time.sleep(0.05)

    def connect(self, database: str | None) -> pymysql.Connection[Any]:
        """As its owner."""
        return pymysql.connect(
            unix_socket=str((self._run or self._data) / "s"),
            user="root",
            password=self._account["password"],
            database=database,
            charset="utf8mb4",
        )

    def _end_leftover(self) -> None:
        """A server that a killed city left on this folder."""
        with suppress(OSError, ValueError, psutil.Error):
            left = psutil.Process(int(self._pid.read_text("utf-8")))
            if any(str(self._data) in part for part in left.cmdline()):
                left.kill()
                left.wait(10)

    def stop(self) -> None:
        """Politely, then by force: InnoDB recovers."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._run is not None:
            shutil.rmtree(self._run, ignore_errors=True)


class MariaDatabase:
    """One system's database on that server."""

    def __init__(self, server: MariaServer, code: str, account: Account) -> None:
        self._server, self._code, self._account = server, code, account

    def prepare(self) -> None:
        """Database, user and password are there."""
        user = self._account["user"]
        with closing(self._server.connect(None)) as conn, conn.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {quoted(self._code)}")
            cursor.execute("CREATE USER IF NOT EXISTS %s@'127.0.0.1'", (user,))
            cursor.execute(
                "ALTER USER %s@'127.0.0.1' IDENTIFIED BY %s", (user, self._account["password"])
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
        base, user = quoted(table.name), self._account["user"]
        types = {table.key: "VARCHAR(191)"} if table.view else {}  # a TEXT is no primary key
        columns = [f"{quoted(name)} {types.get(name, TYPES[kind])}" for name, kind in table.columns]
        body = ", ".join([*columns, f"PRIMARY KEY ({quoted(table.key)})"])
        with closing(self._server.connect(self._code)) as conn, conn.cursor() as cursor:
            cursor.execute("DELETE FROM city_position WHERE name = %s", (table.name,))
            conn.commit()  # tables are made outside transactions: not filled until noted again
            cursor.execute(f"DROP TABLE IF EXISTS {base}")
            cursor.execute(f"CREATE TABLE {base} ({body})")
            if table.view:
                view = quoted(table.view)
                cursor.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM {base}")  # noqa: S608
                cursor.execute(f"GRANT SELECT ON {view} TO %s@'127.0.0.1'", (user,))
            else:
                right = f"SELECT, UPDATE ({quoted(table.state or '')})"
                cursor.execute(f"GRANT {right} ON {base} TO %s@'127.0.0.1'", (user,))
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
