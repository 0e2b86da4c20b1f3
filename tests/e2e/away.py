"""A small installation whose database and store can be taken away and come back, and its portal."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy import text

from certs.licences.publish import publish_system
from cli import postgres, seaweed
from cli.processes import Child, start
from kernel.clock import Clock
from ledger.heads import sign_head
from pipeline.migrate import migrate
from pipeline.platform import Platform
from pipeline.roles.apply import make_roles
from portal.pages_my import COOKIE
from portal.render import SESSION_COOKIE
from portal.sessions import Sessions
from tests.certs.town import Town
from tests.conftest import open_test_house
from tests.portal.serving import KEY, serving
from tests.ports import free_ports

WORD, ACCESS, SECRET = "test-only", "test-id", "test-secret-0123456789"
FOOD = "食品经营许可证"
MEGABYTES = 150
FILL = "INSERT INTO filler SELECT repeat(md5(i::text), 50) FROM generate_series(1, %s) AS i"
#: The cluster's data on a disk of its own that is small; its log lies elsewhere.
SMALL = """
mount -t tmpfs -o size=$1m none "$2" && cp -a "$3"/. "$2" && chmod 700 "$2" || exit 1
shift 3
exec unshare --user --map-user=1000 --map-group=1000 -- "$@"
"""


@dataclass
class Away:
    """One licence that one case may see. `database`, `store`: their programs."""

    town: Town
    database: Child
    store: Child
    url: str
    ports: tuple[int, int]

    def kill(self, child: Child) -> None:
        """It is gone from one moment to the next."""
        child.stop(first=signal.SIGKILL)

    def back(self, child: Child) -> None:
        """It runs again where it was."""
        child.again()
        if child is self.database:
            postgres.wait_ready(child, self.ports[1], WORD)
            self.town.house.engine.dispose()  # the tests' own way in; the portal has its own
        else:
            seaweed.wait_ready(child, self.ports[0], ACCESS, SECRET, "zhongtai")

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The clerk's call of the API."""
        token = Sessions(KEY, self.town.house.clock).begin("clerk")[1]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.request(
            method, f"{self.url}/api/v1{path}", headers=headers, json=sent, timeout=60
        )

    def fill(self) -> None:
        """Until not one more page fits on the database's disk."""
        with postgres.connect(self.ports[1], WORD, "zhongtai") as conn:
            conn.execute("CREATE TABLE filler (words text)")
            for rows in (20_000, 500, 1):
                with contextlib.suppress(psycopg.errors.DiskFull):
                    while True:
                        conn.execute(FILL, (rows,))

    def make_room(self) -> None:
        """What filled it is gone."""
        with postgres.connect(self.ports[1], WORD, "zhongtai") as conn:
            conn.execute("DROP TABLE filler")

    def page(self, path: str = "/clerk", who: str = "clerk") -> httpx.Response:
        """A page of an account; of nobody's: a holder's own pages as a holder who was proved."""
        sessions = Sessions(KEY, self.town.house.clock)
        visit = sessions.visit("e" * 32, proved=True)
        cookies = {SESSION_COOKIE: sessions.begin(who)[1]} if who else {COOKIE: visit}
        return httpx.get(self.url + path, cookies=cookies, timeout=60)

    def plan(self) -> httpx.Response:
        """What need not be brought for the case."""
        return self.ask("GET", "/cases/C1/plan")

    def look(self) -> httpx.Response:
        """The annotated copy."""
        return self.ask("POST", "/cases/C1/materials/M1/fetch", purpose="办理变更登记")

    def looks(self) -> tuple[int, int]:
        """How many looks were granted by the ledger, how many copies are on record."""
        granted = sum(one["event"] == "look.granted" for one in self.town.events())
        with self.town.house.engine.connect() as conn:
            copies = conn.execute(text("SELECT count(*) FROM certs.copy")).scalar_one()
        return granted, int(copies)


@contextmanager
def away(home: Path, *, small: bool = False, clock: Clock | None = None) -> Iterator[Away]:
    """It runs. `small`: the database's data has little room. `clock`: of portal and platform."""
    first = free_ports(9)
    ports = (first, first + 8)
    data = home / "postgres"
    postgres.make_cluster(data, WORD)
    store = seaweed.start_store(home, "s3", home / "s3", first, ACCESS, SECRET)
    database = _small(home, data, ports[1]) if small else _plain(home, data, ports[1])
    try:
        postgres.wait_ready(database, ports[1], WORD)
        seaweed.wait_ready(store, first, ACCESS, SECRET, "zhongtai")
        town = _town(home, ports)
        if clock is not None:
            town.at(clock())
        try:
            with serving(Platform(town.house), town.house.clock) as url:
                yield Away(town, database, store, url, ports)
        finally:
            town.house.close()
    finally:
        store.stop(first=signal.SIGKILL)
        postgres.stop(database)


def _plain(home: Path, data: Path, port: int) -> Child:
    return postgres.start_cluster(home, "postgres", data, port)


def _small(home: Path, data: Path, port: int) -> Child:
    """The same on a small disk that only it sees."""
    disk = home / "small"
    disk.mkdir()
    log = home / "log"
    (data / "pg_wal").rename(log)
    (data / "pg_wal").symlink_to(log)
    options = [f"--port={port}", "--listen_addresses=127.0.0.1", "--unix_socket_directories="]
    server = [str(postgres.binaries() / "postgres"), "-D", str(disk), *options]
    inside = ["sh", "-c", SMALL, "sh", str(MEGABYTES), str(disk), str(data), *server]
    return start(home, "postgres", ["unshare", "--user", "--map-root-user", "--mount", *inside])


def _town(home: Path, ports: tuple[int, int]) -> Town:
    postgres.make_database(ports[1], WORD, "zhongtai")
    servers: dict[str, str | int] = {"pg_port": ports[1], "pg_password": WORD}
    servers |= {"s3_port": ports[0], "s3_id": ACCESS, "s3_secret": SECRET}
    house = open_test_house(servers, home, "zhongtai")
    migrate(house)
    make_roles(house)
    town = Town(house)
    town.open()
    town.material("M1", [FOOD])
    town.licence("k1")
    publish_system(town.house, "sc_food", "r1")
    sign_head(town.house)
    return town
