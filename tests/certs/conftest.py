"""Fixtures of the licences' tests: one installation, emptied before each test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from cli import postgres
from kernel.house import House
from pipeline.tables import ROOMS
from tests.certs.town import UNLOCKED, Town
from tests.conftest import open_test_house


@pytest.fixture(scope="session")
def kept(
    servers: dict[str, str | int], migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """An installation that these tests share."""
    name = "t" + secrets.token_hex(6)
    with postgres.connect(int(servers["pg_port"]), str(servers["pg_password"]), "postgres") as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    made = open_test_house(servers, tmp_path_factory.mktemp("certs"), name)
    made.objects.make_bucket()
    yield made
    made.close()


@pytest.fixture
def town(kept: House) -> Town:
    """A small town on an empty installation, its clock stopped."""
    with kept.engine.begin() as conn:
        conn.execute(text(UNLOCKED))
        for room in reversed(ROOMS):
            for table in room.sorted_tables:
                conn.execute(table.delete())
    for name in kept.objects.names(""):
        kept.objects.client.remove_object(kept.objects.bucket, name)
    return Town(kept)


@pytest.fixture
def city(town: Town) -> Town:
    """The town with contracts, accounts, a catalogue and one open case C1 of WANG."""
    town.open()
    return town
