"""MySQL systems read through their contracts, from the stand-in and from a real MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from city.servers.credentials import Account, write_secrets
from city.servers.mariadb import MariaServer
from city.servers.mariatables import MariaDatabase
from city.servers.mimic import MimicDatabase, MimicServer
from city.servers.misbehave import Misbehaviour
from city.servers.ports import hold
from city.servers.tables import Database, refresh, tables_of
from city.world import World
from tests.city.clients import WIRE, systems
from tests.connectors.copies import Copy
from tests.ports import free_ports

CODES = systems(server="mysql")
ACCOUNTS: dict[str, Account] = {
    code: {"user": f"{code}_read", "password": f"test-only-{code}"} for code in CODES
}


class Source:
    """A world whose MySQL systems are served, and their addresses."""

    def __init__(self, home: Path, databases: dict[str, Database], port: int) -> None:
        self.world = World.open(home, 360700, 60)
        self.secrets, self._databases = home / "secrets", databases
        urls = {
            f"{code.upper()}_URL": f"mysql+pymysql://{one['user']}:{one['password']}"
            f"@127.0.0.1:{port}/{code}?charset=utf8mb4"
            for code, one in ACCOUNTS.items()
        }
        write_secrets(self.secrets, urls)
        self.refresh()

    def refresh(self) -> None:
        """Serve what the world says now."""
        for code, database in self._databases.items():
            for table in tables_of(code, WIRE[code]):
                refresh(self.world, database, table, Misbehaviour())

    def keys(self, copy: Copy) -> set[str]:
        """The live keys of a stream."""
        return {key for key, _, _ in self.world.keys(copy.code, copy.stream.name)}


@contextmanager
def stand_in(home: Path, _: pytest.FixtureRequest) -> Iterator[Source]:
    port = free_ports(1)
    databases = {
        code: MimicDatabase(home, code, ACCOUNTS[code], tables_of(code, WIRE[code]))
        for code in CODES
    }
    server = MimicServer(databases, hold(port, "--mysql-port"))
    server.start()
    yield Source(home, dict(databases), port)
    server.stop()


@contextmanager
def mariadb(home: Path, request: pytest.FixtureRequest) -> Iterator[Source]:
    server: MariaServer = request.getfixturevalue("maria")
    databases = {code: MariaDatabase(server, code, ACCOUNTS[code]) for code in CODES}
    for one in databases.values():
        one.prepare()
    yield Source(home, dict(databases), server.port)


@pytest.fixture(params=[stand_in, pytest.param(mariadb, marks=pytest.mark.needs("mariadbd"))])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    with request.param(tmp_path, request) as made:
        yield made
        made.world.close()


def test_mysql_systems_are_read_to_the_truth_before_and_after_changes(source: Source) -> None:
    copies = [Copy(code, name) for code in CODES for name in WIRE[code]["streams"]]
    for copy in copies:
        copy.read(source)
        assert copy.rows.keys() == source.keys(copy)
    source.world.apply_changes(1000, 11)
    source.refresh()
    for copy in copies:
        copy.read(source)
        fresh = Copy(copy.code, copy.stream.name)
        fresh.read(source)
        assert copy.rows == fresh.rows
        assert copy.rows.keys() == source.keys(copy)
