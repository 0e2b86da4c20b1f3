"""Brings the tables to a version, with Alembic. Safe to repeat; one at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from kernel.db import lock
from kernel.house import House

FOLDER = Path(__file__).resolve().parent / "migrations"
NOTHING = "base"


def migrate(house: House, revision: str = "head") -> None:
    """Bring the tables up to `revision`, or down to none with "base", in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with house.engine.begin() as conn:
        lock(conn, "migrate")
        config.attributes["connection"] = conn
        if revision == NOTHING:
            command.downgrade(config, NOTHING)
        else:
            command.upgrade(config, revision)
