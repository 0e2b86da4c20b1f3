"""Tables of a whole city go down to an older version and up again, and down to nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import inspect, make_url

from cli import postgres
from kernel.duties import Engines
from kernel.house import House
from ledger.verify import verify
from pipeline.migrate import migrate
from tests.certs.test_upgrade import BEFORE
from tests.e2e.installed import Installed
from tests.e2e.leaks import dump, pg_dump, tables

NAME = "older"
#: Follows from the other tables: the next unify makes it anew.
DERIVED = {"catalog.by_list"}


@pytest.fixture
def copied(installed: Installed) -> Iterator[House]:
    """A copy of the city's database on the same server, opened by the owner of the tables."""
    url = make_url(installed.house.settings.database_url)
    password = installed.house.engines.password("owner")
    postgres.make_database(url.port or 0, password, NAME)
    command = [
        str(postgres.binaries() / "psql"), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1",
        "--host", str(url.host), "--port", str(url.port), "--username", "zhongtai", NAME,
    ]  # fmt: skip
    env = {**os.environ, "PGPASSWORD": password}
    subprocess.run(
        command, env=env, input=pg_dump(installed), stdout=subprocess.DEVNULL, check=True
    )
    address = url.set(database=NAME).render_as_string(hide_password=False)
    settings = replace(
        installed.house.settings, database_url=address, database_roles=str(url.database)
    )
    engines = Engines(
        address, settings.database_roles, settings.crypto, installed.house.engines.password
    )
    yield replace(installed.house, settings=settings, engine=engines.of("owner"), engines=engines)
    engines.close()


def contents(house: House) -> dict[str, str]:
    """Of each table a digest of its rows, in whatever order they lie."""
    url = make_url(house.settings.database_url)
    with psycopg.connect(
        host=url.host, port=url.port, user="zhongtai", dbname=NAME,
        password=house.engines.password("owner"),
    ) as conn:  # fmt: skip
        found = {}
        for schema, name in tables(conn):
            if f"{schema}.{name}" in DERIVED:
                continue
            text = next(dump(conn, schema, name))
            found[f"{schema}.{name}"] = hashlib.sha256(
                b"\n".join(sorted(text.splitlines()))
            ).hexdigest()
    return found


def test_a_whole_city_goes_down_and_up_and_nothing_is_lost(copied: House) -> None:
    before = contents(copied)
    migrate(copied, BEFORE, down=True)
    assert "owner" not in inspect(copied.engine).get_table_names("registry")
    migrate(copied)
    assert contents(copied) == before
    assert verify(copied).verified
    migrate(copied, "base")
    assert "landing" not in inspect(copied.engine).get_schema_names()
