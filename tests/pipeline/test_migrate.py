"""The migrations make exactly the tables that the rooms declare, and can be undone."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from catalog.judging.tables import metadata as catalog_tables
from certs.offers.tables import metadata as certs_tables
from cli import postgres
from kernel.house import House
from landing.tables import metadata as landing_tables
from ledger.tables import metadata as ledger_tables
from pipeline.migrate import migrate
from registry.tables import metadata as registry_tables
from tests.conftest import open_test_house

ROOMS = [registry_tables, ledger_tables, landing_tables, catalog_tables, certs_tables]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.schema)
def test_the_migrations_make_what_the_room_declares(house: House, room: MetaData) -> None:
    def only_this(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "schema" or name == room.schema

    with house.engine.connect() as conn:
        context = MigrationContext.configure(
            conn, opts={"include_schemas": True, "include_name": only_this}
        )
        assert compare_metadata(context, room) == []


def test_migrating_again_changes_nothing_and_down_leaves_no_tables(
    servers: dict[str, str | int], tmp_path: Path
) -> None:
    name = "m" + secrets.token_hex(6)
    postgres.make_database(int(servers["pg_port"]), str(servers["pg_password"]), name)
    house = open_test_house(servers, tmp_path, name)
    migrate(house)
    migrate(house)
    tables = inspect(house.engine).get_table_names("landing")
    assert "licence" in tables
    migrate(house, "base")
    assert "landing" not in inspect(house.engine).get_schema_names()
    house.engine.dispose()
