"""Brings the tables to a version, with Alembic. Safe to repeat; one at a time."""

from __future__ import annotations

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kernel.db import lock
from kernel.errors import RetryLater
from kernel.house import House

#: So long a look may have to wait behind a migration; then the migration lets go.
WAIT_MS, PAUSE_SECONDS, TRIES = 500, 0.5, 60
FOLDER = Path(__file__).resolve().parent / "migrations"
NOTHING = "base"


def migrate(house: House, revision: str = "head") -> None:
    """Bring the tables up to `revision`, or down to none with "base", in one transaction.

    While it waits for a table, whoever comes after waits behind it. So it waits for moments only,
    lets go, and tries again. Raises RetryLater when a table was never free.
    """
    for _ in range(TRIES):
        try:
            _migrate(house, revision)
            return
        except OperationalError as error:
            if not isinstance(error.orig, errors.LockNotAvailable):
                raise
        time.sleep(PAUSE_SECONDS)
    raise RetryLater("a table was in use all the time: migrate again when less is going on")


def _migrate(house: House, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with house.engine.begin() as conn:
        lock(conn, "migrate")
        conn.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MS}ms'"))
        config.attributes["connection"] = conn
        if revision == NOTHING:
            command.downgrade(config, NOTHING)
        else:
            command.upgrade(config, revision)
