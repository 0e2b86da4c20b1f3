"""A small platform that can be hurt: its own database, one system, a portal, Prometheus."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from cli import postgres
from cli.processes import Child
from kernel import logs
from kernel.house import House
from pipeline.migrate import migrate
from pipeline.roles.apply import make_roles
from registry.accounts import Account, save_account
from tests.conftest import open_test_house
from tests.connectors.gateway import Reply, Request
from tests.docs.pages import ROOT
from tests.pipeline.sources import CODE, STREAM, List, environment, licence, listed, on_disk
from tests.ports import free_ports
from tests.running_prometheus import alerts, prometheus

WORD, DATABASE, PATIENCE = "test-only", "drill", 240
ACCOUNTS = (
    Account("ops", "运维", "ops", None, ()),
    Account("bureau", "审批局", "bureau", None, ()),
)
Servers = dict[str, str | int]


class Source(List):
    """A list of rows whose token a test sets."""

    token = "a token"

    def __call__(self, request: Request) -> Reply:
        """401 to whoever comes with another."""
        given = {name.lower(): value for name, value in request.headers.items()}
        right = given.get("authorization") == f"Bearer {self.token}"
        return super().__call__(request) if right else Reply({"code": 401}, 401)


@dataclass
class Place:
    """What the drills act on."""

    house: House
    source: Source
    database: Child
    database_port: int
    folder: Path
    port: int
    prometheus: str
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.house.settings.home

    @property
    def portal(self) -> str:
        """The portal's address."""
        return f"http://127.0.0.1:{self.port}"

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Run it as the owner of the database."""
        with self.connection() as conn:
            found = conn.execute(statement.encode(), values)
            return list(found.fetchall()) if found.description else []

    def connection(self) -> psycopg.Connection[Any]:
        """A session of its own."""
        return postgres.connect(self.database_port, WORD, DATABASE)

    def portals(self) -> list[psutil.Process]:
        """Portals on our port, whoever started them."""
        found = []
        for one in psutil.process_iter(["cmdline"]):
            words = one.info["cmdline"] or []
            if "portal" in words and str(self.port) in words and words[0] == sys.executable:
                found.append(one)
        return found

    def start_portal(self) -> None:
        """As a service would."""
        command = [sys.executable, "-m", "portal", "--port", str(self.port)]
        env = {**environment(), "ZHONGTAI_HOME": str(self.home)}
        with (self.home / "portal.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        self.started.append(process)

    def end_portals(self) -> None:
        """By force."""
        for one in self.portals():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
                one.wait(10)
        for process in self.started:
            process.wait(10)

    def fires(self, alert: str) -> dict[str, Any]:
        """The alert, once it fires."""
        found: dict[str, Any] = until(lambda: alerts(self.prometheus).get(alert), alert)
        assert found["annotations"]["runbook_url"] == f"docs/runbook/{alert}.md"
        return found

    def ends(self, alert: str) -> None:
        """Wait until it fires no more."""
        until(lambda: alert not in alerts(self.prometheus), f"the end of {alert}")


def until(what: Callable[[], Any], name: str) -> Any:
    """What it gives once that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < end, f"it did not come to {name}"
        time.sleep(0.2)
    return found


@contextmanager
def place(servers: Servers, folder: Path) -> Iterator[Place]:
    """The platform, with one good row, everything signed and nothing firing."""
    port = free_ports(1)
    postgres.make_cluster(folder / "postgres", WORD)
    database = postgres.start_cluster(folder, "postgres", folder / "postgres", port)
    try:
        postgres.wait_ready(database, port, WORD)
        postgres.make_database(port, WORD, DATABASE)
        own = {**servers, "pg_port": port, "pg_password": WORD}
        home = folder / "home"
        home.mkdir()
        house = open_test_house(own, home, DATABASE)
        migrate(house)
        make_roles(house)
        house.objects.make_bucket()
        with house.engine.begin() as conn:
            for account in ACCOUNTS:
                save_account(conn, account, "a long enough password")
        with _logged(home), _served(house, own, folder, database) as one:
            yield one
        house.close()
    finally:
        database.stop(15, signal.SIGINT)


@contextmanager
def _logged(home: Path) -> Iterator[None]:
    """What this process does is in the platform's log, as a worker's would be."""
    ours = logging.getLogger("zhongtai")
    handlers, spread = ours.handlers[:], ours.propagate
    logs.start("worker", home)
    try:
        yield
    finally:
        ours.handlers[:], ours.propagate = handlers, spread


@contextmanager
def _served(house: House, servers: Servers, folder: Path, database: Child) -> Iterator[Place]:
    source, port = Source(licence("k1")), free_ports(1)
    put = "    ignore: [certGuid]\n"
    asserts = f'{put}    asserts: {{filled: {{issuer: "50%"}}}}\n'
    with listed(house, folder / "systems", source, (put, asserts)) as one:
        home = on_disk(one, servers)
        (home / "logs").mkdir(exist_ok=True)
        with prometheus(folder, f"http://127.0.0.1:{port}", hasty=True) as url:
            made = Place(one, source, database, int(servers["pg_port"]), folder, port, url)
            made.start_portal()
            try:
                made.ends("PortalDown")
                yield made
            finally:
                made.end_portals()


__all__ = ["CODE", "STREAM", "Place", "place", "until"]
