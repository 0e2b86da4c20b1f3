"""Brings the tables to a version, with Alembic. Safe to repeat; one at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from kernel.house import House
from pipeline.moments import in_moments

FOLDER = Path(__file__).resolve().parent / "migrations"
NOTHING = "base"


def migrate(house: House, revision: str = "head", *, down: bool = False) -> None:
    """Bring the tables up to `revision`, or `down` to it ("base": to none), in one transaction.

    Raises RetryLater when a table was in use all the time.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))

    def change(conn: Connection) -> None:
        config.attributes["connection"] = conn
        if down or revision == NOTHING:
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)

    in_moments(house, change)
