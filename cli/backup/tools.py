"""PostgreSQL's own programs for backups, out of the wheel, against any server.

The password goes by a file (0600) that lasts as long as the program: a process list shows a
command's arguments, `/proc` its environment.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url, text

from cli.postgres import binaries
from kernel.errors import RetryLater
from kernel.house import House
from pipeline.backup.objects import beat
from pipeline.backup.slot import SLOT

RECEIVED_SECONDS = 30
RECEIVED = text(
    "SELECT restart_lsn >= CAST(:wanted AS pg_lsn) FROM pg_replication_slots"
    " WHERE slot_name = :slot AND active"
)


@contextmanager
def password_file(house: House) -> Iterator[dict[str, str]]:
    """The environment in which the programs find the password."""
    with TemporaryDirectory(prefix="zhongtai-backup-") as folder:
        file = Path(folder) / "password"
        file.touch(mode=0o600)
        word = house.engines.password("backup").replace("\\", "\\\\").replace(":", "\\:")
        file.write_text(f"*:*:*:*:{word}\n", "utf-8")
        yield {**os.environ, "PGPASSFILE": str(file)}


def command(house: House, program: str, *arguments: str) -> list[str]:
    """A program against the installation's database server."""
    url = make_url(house.settings.database_url)
    user = house.engines.user("backup")
    server = ["--host", str(url.host), "--port", str(url.port or 5432), "--no-password"]
    return [str(binaries() / program), *server, "--username", user, *arguments]


def base_backup(house: House, folder: Path) -> None:
    """All of the cluster and the log that makes it consistent, as archives in `folder`.

    Raises RetryLater with the program's last line.
    """
    with password_file(house) as env:
        run(
            command(
                house,
                "pg_basebackup",
                *("--pgdata", str(folder), "--format=tar", "--checkpoint=fast"),
                *("--wal-method=stream", "--manifest-checksums=SHA256"),
            ),
            env,
        )


def make_slot(house: House) -> None:
    """The server keeps its log from now on until the follower has it."""
    with password_file(house) as env:
        run(
            command(house, "pg_receivewal", f"--slot={SLOT}", "--create-slot", "--if-not-exists"),
            env,
        )


def received(house: House) -> None:
    """Wait until the follower has kept the log of a commit of now, so that it goes on after the
    moment that is to be restored. Raises RetryLater when it does not come."""
    beat(house)
    deadline = time.monotonic() + RECEIVED_SECONDS
    with house.engine.connect() as conn:
        wanted = conn.execute(text("SELECT pg_current_wal_flush_lsn()")).scalar_one()
    while time.monotonic() < deadline:
        with house.engine.connect() as conn:
            if conn.execute(RECEIVED, {"slot": SLOT, "wanted": wanted}).scalar():
                return
        time.sleep(0.05)
    raise RetryLater(f"the database's log is not received: see whether the slot {SLOT} is active")


def run(said: list[str], env: dict[str, str]) -> None:
    """Run to the end. Raises RetryLater with the last line that it wrote."""
    done = subprocess.run(said, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [str(done.returncode)]
        raise RetryLater(f"{Path(said[0]).name} did not finish: {lines[-1]}")
