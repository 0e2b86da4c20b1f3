"""The migrations make exactly the tables that the rooms declare, and can be undone."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text

from catalog.forms.changes import effective
from catalog.judging.tables import metadata as catalog_tables
from certs.offers.tables import metadata as certs_tables
from cli import postgres
from kernel.house import House
from landing.tables import metadata as landing_tables
from ledger.tables import metadata as ledger_tables
from pipeline.migrate import FOLDER, migrate
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
    house.close()


def test_forms_that_stood_before_are_kept_as_accepted_and_given_back(
    servers: dict[str, str | int], tmp_path: Path
) -> None:
    name = "m" + secrets.token_hex(6)
    postgres.make_database(int(servers["pg_port"]), str(servers["pg_password"]), name)
    house = open_test_house(servers, tmp_path, name)
    migrate(house, "0012")
    rows = 'SELECT item_id, name, type, required, "order" FROM catalog.form_field ORDER BY 1, 5'
    with house.engine.begin() as conn:
        conn.execute(
            text(
                "INSERT INTO catalog.form_field VALUES ('A', '备注', 'text', false, 2, 'o', now()),"
                " ('A', '从业人数', 'number', true, 1, 'o', now()),"
                " ('B', '备注', 'text', true, 1, 'o', now())"
            )
        )
        before = conn.execute(text(rows)).all()
    migrate(house)
    with house.engine.begin() as conn:
        assert [(one.name, one.required) for one in effective(conn, "A")] == [
            ("从业人数", True), ("备注", False),
        ]  # fmt: skip
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with house.engine.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0012")
        assert conn.execute(text(rows)).all() == before
    house.close()
