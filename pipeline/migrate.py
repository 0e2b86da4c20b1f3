"""Brings the tables to a version, with Alembic. Safe to repeat; one at a time."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from kernel.house import House
from pipeline.moments import in_moments

FOLDER = Path(__file__).resolve().parent / "migrations"
NOTHING: Final = "base"


def migrate(house: House, revision: str = "head", *, down: bool = False) -> None:
    """Bring the tables up to `revision`, or `down` to it ("base": to none).

    New tables come in one transaction. Where there are some, each version has one of its own: what
    people at work wait for is held as short as can be, and each version is whole.
    Raises RetryLater when a table was in use all the time.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    down = down or revision == NOTHING
    for step in _steps(house, ScriptDirectory.from_config(config), revision, down):
        in_moments(house, partial(_change, config, step, down))


def _change(config: Config, revision: str, down: bool, conn: Connection) -> None:
    config.attributes["connection"] = conn
    (command.downgrade if down else command.upgrade)(config, revision)


def _steps(house: House, versions: ScriptDirectory, revision: str, down: bool) -> list[str]:
    """The versions to go through one by one."""
    with house.engine.connect() as conn:
        now = MigrationContext.configure(conn).get_current_revision()
    if now is None or revision == NOTHING:
        return [revision]
    if down:
        return [str(one.down_revision) for one in versions.iterate_revisions(now, revision)]
    return [one.revision for one in versions.iterate_revisions(revision, now)][::-1]
