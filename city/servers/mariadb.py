"""A real MariaDB for the MySQL systems, started here where it is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pymysql

from city.servers.credentials import Account
from city.servers.errors import ServeError
from city.servers.ports import LOOPBACK, hold

START_SECONDS = 60
STOP_SECONDS = 1.5
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/libexec"
LOG_SIZE = "--innodb-log-file-size=16M"
RIGHTS = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, CREATE VIEW, SHOW VIEW, CREATE USER"
"""Of the city's own account: no files, no other users' sessions."""


def installed() -> bool:
    """Whether the server's programs are there."""
    return all(shutil.which(name, path=PLACES) for name in ("mariadbd", "mariadb-install-db"))


class MariaServer:
    """The server program with its own data folder; ends with the city.

    It listens on one address only and has no Unix socket, so nothing outside the home is made and
    no other MariaDB is met. Its accounts come from there (on loopback) or from anywhere, with a
    password; the one that the installation makes comes through the socket that is not there.
    """

    def __init__(self, home: Path, port: int, account: Account, host: str = LOOPBACK) -> None:
        self.host, self.callers = host, LOOPBACK if host == LOOPBACK else "%"
        self._home, self._data, self.port, self._account = home, home / "mariadb", port, account
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> MariaServer:
        """Make the data folder at first, start, wait for an answer. Raises ServeError."""
        self._end_leftover()
        hold(self.port, "--mysql-port", self.host).close()
        if not self._data.exists():
            self._make()
        first = self._home / "mariadb-first.sql"
        first.unlink(missing_ok=True)
        first.touch(mode=0o600)
        first.write_text(self._first(), "utf-8")
        command = [*self._program("mariadbd", self._data), f"--port={self.port}"]
        command += [f"--bind-address={self.host}", "--skip-name-resolve", "--socket="]
        command += [f"--pid-file={self._pid}", f"--init-file={first}", "--local-infile=0"]
        command += ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_nopad_bin"]
        command += ["--default-time-zone=+08:00", "--skip-log-bin", "--max-allowed-packet=64M"]
        command += ["--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=2"]
        with (self._home / "mariadb.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            self._wait()
        finally:
            first.unlink()
        return self

    @property
    def _pid(self) -> Path:
        return self._home / "mariadb.pid"

    def _program(self, name: str, data: Path) -> list[str]:
        found = shutil.which(name, path=PLACES)
        if found is None:
            raise ServeError(f"{name} is not installed")
        user = ["--user=root"] if os.geteuid() == 0 else []  # else it asks for another user
        return [found, "--no-defaults", f"--datadir={data}", LOG_SIZE, *user]

    def _make(self) -> None:
        """A data folder, whole or not at all."""
        draft = self._data.with_name("mariadb.new")
        shutil.rmtree(draft, ignore_errors=True)
        command = self._program("mariadb-install-db", draft)
        command += ["--auth-root-authentication-method=socket", "--skip-test-db"]
        command += ["--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            lines = (made.stderr or made.stdout).strip().splitlines()
            raise ServeError(f"mariadb-install-db failed: {lines[-1] if lines else 'no output'}")
        draft.replace(self._data)

    def _first(self) -> str:
        """What the server runs at each start before it answers: the city's own account."""
        who = f"'{self._account['user']}'@'{self.callers}'"
        return (
            f"CREATE OR REPLACE USER {who} IDENTIFIED BY '{self._account['password']}';\n"
            f"GRANT {RIGHTS} ON *.* TO {who} WITH GRANT OPTION;\n"
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process is None or self.process.poll() is not None:
                raise ServeError(f"mariadbd ended at start (see {self._home / 'mariadb.log'})")
            try:
                self.connect(None).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise ServeError(f"mariadbd did not answer in {START_SECONDS} s") from None
                time.sleep(0.02)

    def connect(self, database: str | None) -> pymysql.Connection[Any]:
        """As its owner. Raises OSError when nobody listens, pymysql.Error."""
        wire = socket.create_connection((self.host, self.port), START_SECONDS)
        conn = pymysql.connect(
            user=self._account["user"],
            password=self._account["password"],
            database=database,
            charset="utf8mb4",
            defer_connect=True,
        )
        conn.connect(wire)  # a connection that opens its own leaks it when it is refused
        return conn

    def _end_leftover(self) -> None:
        """A server that a killed city left on this folder."""
        with suppress(OSError, ValueError, psutil.Error):
            left = psutil.Process(int(self._pid.read_text("utf-8")))
            if f"--datadir={self._data}" in left.cmdline():
                left.kill()
                left.wait(10)

    def stop(self) -> None:
        """Politely, then by force: InnoDB recovers."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
