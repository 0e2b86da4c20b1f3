"""Fixtures: a real PostgreSQL and a real S3 server on loopback, started once a session."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from city.servers.mariadb import MariaServer
from cli import postgres, seaweed
from cli.processes import Child
from kernel.clock import system_clock
from kernel.duties import DUTIES, Engines, secret_of
from kernel.house import House
from kernel.keys import load_keys, make_keys
from kernel.objects import Objects
from kernel.secrets import Secrets
from kernel.settings import Settings
from pipeline.migrate import migrate
from pipeline.roles.apply import make_roles
from tests.docker import links
from tests.ports import free_ports
from tests.running import RunningCity


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures`: the README's pictures are written anew."""
    parser.addoption("--pictures", action="store_true", help="write docs/pictures anew")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str | int]]:
    """PostgreSQL and S3: `pg_port`, `pg_password`, `s3_port`, `s3_id`, `s3_secret`."""
    with stores(tmp_path_factory.mktemp("servers")) as made:
        yield made


@contextmanager
def stores(home: Path) -> Iterator[dict[str, str | int]]:
    """A PostgreSQL and an S3 server of their own, on free ports."""
    first = free_ports(9)
    password, access, secret = "test-only", "test-id", "test-secret-0123456789"
    with ExitStack() as kept:
        data = _data(home, kept)
        postgres.make_cluster(data / "postgres", password)
        database = postgres.start_cluster(home, "postgres", data / "postgres", first + 8)
        store = seaweed.start_store(home, "s3", data / "s3", first, access, secret)
        yield from _served(database, store, first, (password, access, secret))


MEMORY, ROOM = Path("/dev/shm"), 6 * 1024**3  # noqa: S108  # bytes; a folder of our own inside


def _data(home: Path, kept: ExitStack) -> Path:
    """Where the servers' files lie: in memory where there is room. Nearly every test copies a
    database of a thousand files: some 28 ms there, 550 ms on a disk that is slow to make files."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return home
    return Path(kept.enter_context(TemporaryDirectory(prefix="zhongtai-test-", dir=MEMORY)))


def _served(
    database: Child, store: Child, first: int, words: tuple[str, str, str]
) -> Iterator[dict[str, str | int]]:
    """The stores once they answer; they end with the generator."""
    password, access, secret = words
    try:
        postgres.wait_ready(database, first + 8, password)
        without_fsync(first + 8, password)
        seaweed.wait_ready(store, first, access, secret, "zhongtai")
        yield {
            "pg_port": first + 8,
            "pg_password": password,
            "s3_port": first,
            "s3_id": access,
            "s3_secret": secret,
        }
    finally:
        store.stop(first=signal.SIGKILL)  # it takes long to end politely, and is not needed again
        postgres.stop(database)


def without_fsync(port: int, password: str) -> None:
    """Write to the disk when it suits: tests kill processes, which loses nothing, no machines."""
    with postgres.connect(port, password, "postgres") as conn:
        for name in ("fsync", "full_page_writes"):
            conn.execute(f"ALTER SYSTEM SET {name} = off")
        conn.execute("ALTER SYSTEM SET max_wal_size = '512MB'")  # it may lie in memory
        conn.execute("SELECT pg_reload_conf()")


TEMPLATE = "migrated"
ROLES_PASSWORD = "test-only-role"


@pytest.fixture(scope="session")
def migrated(servers: dict[str, str | int], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with every room's tables, made by the migrations; houses are copies of it."""
    home = tmp_path_factory.mktemp("migrated")
    postgres.make_database(int(servers["pg_port"]), str(servers["pg_password"]), TEMPLATE)
    made = open_test_house(servers, home, TEMPLATE)
    migrate(made)
    make_roles(made)
    made.close()
    return TEMPLATE


@pytest.fixture
def house(servers: dict[str, str | int], migrated: str, tmp_path: Path) -> Iterator[House]:
    """An empty installation: its own database with every room's tables, its own bucket."""
    name = "t" + secrets.token_hex(6)
    port, password = int(servers["pg_port"]), str(servers["pg_password"])
    with postgres.connect(port, password, "postgres") as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    made = open_test_house(servers, tmp_path, name)
    made.objects.make_bucket()
    yield made
    made.close()
    made.objects.client.remove_bucket(name)
    with postgres.connect(port, password, "postgres") as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")  # kept, all of them took 9 GB


def open_test_house(servers: dict[str, str | int], home: Path, name: str) -> House:
    """A house over the database and bucket of that name, with keys of its own."""
    settings = Settings(
        home=home,
        database_url=f"postgresql+psycopg://zhongtai@127.0.0.1:{servers['pg_port']}/{name}",
        s3_endpoint=f"127.0.0.1:{servers['s3_port']}",
        s3_bucket=name,
        database_roles=TEMPLATE,  # roles are the server's: the copies share those of the template
    )
    make_keys(home)
    passwords = {"owner": str(servers["pg_password"])}
    engines = Engines(
        settings.database_url,
        TEMPLATE,
        settings.crypto,
        lambda duty: passwords.get(duty, ROLES_PASSWORD),
    )
    access, secret = str(servers["s3_id"]), str(servers["s3_secret"])
    return House(
        settings,
        engines.of("owner"),
        Objects(settings.s3_endpoint, name, access, secret, False),
        load_keys(home),
        Secrets(home),
        system_clock,
        engines,
    )


def keep_passwords(house: House) -> None:
    """The database's passwords as secrets of a test's installation, for processes that open it."""
    for duty in ("owner", *DUTIES):
        house.secrets.put(secret_of(duty), house.engines.password(duty))


@pytest.fixture(scope="session")
def city(
    servers: dict[str, str | int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCity]:
    """One city of 200 people for all tests; they change it, so each asks the truth as it is."""
    running = RunningCity(tmp_path_factory.mktemp("city") / "home", servers)
    running.start()
    yield running
    running.stop()


@contextmanager
def unshared_city(home: Path) -> Iterator[RunningCity]:
    """A city on servers of its own, for tests that need one that no other test has changed."""
    (home / "servers").mkdir()
    with stores(home / "servers") as own:
        running = RunningCity(home / "city", own)
        running.start()
        yield running
        running.stop()


@pytest.fixture(scope="session")
def maria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaServer]:
    """A real MariaDB beside the city's; tests make databases of their own. For `needs` tests."""
    owner = {"user": "city_owner", "password": "test-only-owner"}
    server = MariaServer(tmp_path_factory.mktemp("maria"), free_ports(1), owner)
    server.start()
    yield server
    server.stop()


WORKDAY = "2026-11-23T10:00:00"


@pytest.fixture
def at_work(city: RunningCity) -> Iterator[None]:
    """The city's clock stands in office hours, and no look-up's quota of that day is used."""
    city.truth("/clock", {"at": WORKDAY})
    for code in city.truth("/lookups"):
        city.truth("/lookups", {"system": code, "asked": 0})
    yield
    city.truth("/clock", {"at": None})


def installed(program: str) -> bool:
    """Whether a program is on the path or in the usual server folders; `netns`: whether this
    process may make network namespaces."""
    if program == "netns":
        return links.possible()
    found = subprocess.run(
        ["sh", "-c", f"PATH=$PATH:/usr/sbin command -v {program}"], capture_output=True, check=False
    )
    return found.returncode == 0


@pytest.hookimpl(tryfirst=True)  # before fixtures start servers
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests of a real server are skipped by name where its package is missing; in CI never."""
    for mark in item.iter_markers("needs"):
        program = str(mark.args[0])
        if installed(program):
            continue
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed, and in CI no test is skipped", pytrace=False)
        pytest.skip(f"{program} is not installed")
