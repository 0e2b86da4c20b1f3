"""Brings the tables to the newest version, with Alembic. Safe to repeat; one at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from kernel.db import lock
from kernel.house import House

FOLDER = Path(__file__).resolve().parent / "migrations"


def migrate(house: House, revision: str = "head") -> None:
    """Upgrade to `revision`, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with house.engine.begin() as conn:
        lock(conn, "migrate")
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
