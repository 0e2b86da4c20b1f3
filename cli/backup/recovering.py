"""Bring a base backup's cluster to a moment by PostgreSQL's own recovery."""

from __future__ import annotations

import re
import shlex
import signal
import tarfile
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import psycopg.sql

from cli import postgres
from cli.processes import Child, start
from kernel.errors import PersonMustAct, Stop
from pipeline.backup.manifest import Base

REACHED = re.compile(r"last completed transaction was at log time (.+)")
SHORT = "recovery ended before configured recovery target was reached"


def unpack(base: Base, data: Path) -> None:
    """The base's cluster in `data`, ready to recover."""
    data.mkdir(mode=0o700, parents=True)
    _extract(base.folder / "database" / "base.tar", data)
    _extract(base.folder / "database" / "pg_wal.tar", data / "pg_wal")
    (data / "recovery.signal").touch(mode=0o600)


def recover(home: Path, data: Path, log: Path, at: datetime | None, password: str) -> None:
    """Replay the log to the last commit at or before `at` (None: as the base ended), and let the
    database's owner have this password from now on.

    Meanwhile only this user reaches the server, by a socket in a folder of his own. Raises
    PersonMustAct where the kept log does not reach `at`, Stop where it cannot be replayed.
    """
    with TemporaryDirectory(prefix="zt-") as folder:
        child = _start(home, data, Path(folder), _options(log, at))
        try:
            _wait(child, folder, log, at)
            with _connect(folder) as conn:
                word = psycopg.sql.Literal(password)
                conn.execute(psycopg.sql.SQL("ALTER ROLE zhongtai PASSWORD {}").format(word))
        finally:
            child.stop(60, signal.SIGINT)


def _options(log: Path, at: datetime | None) -> dict[str, str]:
    kept = shlex.quote(str(log.resolve()))
    options = {
        # The last file of the log is still being received, under another name.
        "restore_command": f"cp {kept}/%f %p 2>/dev/null || cp {kept}/%f.partial %p 2>/dev/null",
        "recovery_target_action": "promote",
    }
    if at is None:
        return {**options, "recovery_target": "immediate"}
    return {**options, "recovery_target_time": at.isoformat()}


def _start(home: Path, data: Path, folder: Path, options: dict[str, str]) -> Child:
    hba = folder / "pg_hba.conf"
    hba.write_text("local all all trust\n", "utf-8")
    fixed = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "hba_file": str(hba),
        "max_connections": "200",
        "archive_mode": "off",
        "primary_slot_name": "",
        "fsync": "on",
    }
    said = [str(postgres.binaries() / "postgres"), "-D", str(data)]
    said += [f"--{name}={value}" for name, value in {**fixed, **options}.items()]
    return start(home, "recovery", postgres.unprivileged(said))


def _wait(child: Child, folder: str, log: Path, at: datetime | None) -> None:
    """Until it takes writes."""
    while True:
        if not child.alive():
            said = child.log.read_text("utf-8", "replace")
            if SHORT in said and at is not None:
                reached = REACHED.findall(said)
                until = f"until {reached[-1]}" if reached else "not beyond the base backup"
                raise PersonMustAct(
                    f"the log kept in {log} reaches {until}, not {at.isoformat()}: "
                    "name an earlier time with --at"
                )
            raise Stop(f"PostgreSQL could not replay the log: see {child.log}")
        try:
            with _connect(folder) as conn:
                row = conn.execute("SELECT pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.05)


def _connect(folder: str) -> psycopg.Connection:
    return psycopg.connect(host=folder, user="zhongtai", dbname="postgres", autocommit=True)


def _extract(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
