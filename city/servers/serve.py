"""The whole city: opened, served, announced, and ended in the right order."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import FrameType
from typing import Any

import uvicorn

from city.servers import addresses, mariadb
from city.servers.clock import Clock
from city.servers.credentials import Credentials, write_secrets
from city.servers.drops import Bucket, Drop, Folder, Place
from city.servers.http import Served, fill, make_app
from city.servers.mariadb import MariaServer
from city.servers.mariatables import MariaDatabase
from city.servers.mimic import MimicDatabase, MimicServer
from city.servers.misbehave import Misbehaviour
from city.servers.options import Options
from city.servers.ports import hold
from city.servers.postgres import Postgres
from city.servers.push import Pusher
from city.servers.refresher import Job, Key, Refresher
from city.servers.sftp import SftpServer
from city.servers.state import State
from city.servers.tables import Database, refresh, tables_of
from city.servers.wrongdrops import refresh_drop
from city.world import World


class City:
    """Every server of one city; `stop` ends what was started, last first."""

    def __init__(self, options: Options) -> None:
        options.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.options = options
        self._ending = contextlib.ExitStack()
        self.clock = Clock()
        self.misbehaviour = Misbehaviour()
        self.mysql = "mariadb" if mariadb.installed() else "mysql-mimic"

    def start(self) -> tuple[Served, socket.socket]:
        """Everything but the HTTP loop. Raises ServeError, CityError."""
        options = self.options
        listener = self._closing(hold(options.port, "--port", options.host))
        sftp = self._closing(hold(options.sftp_port, "--sftp-port", options.host))
        self.state = State(options.home)
        self._ending.callback(self.state.close)
        self.credentials = Credentials(options.home)
        maria = self._start_mariadb() if self.mysql == "mariadb" else None
        self.world = World.open(options.home, options.seed, options.people)
        self._ending.callback(self.world.close)
        self.name = self.state.get("name") or secrets.token_hex(4)
        self.state.put({"name": self.name})
        jobs, urls = self._file_jobs()
        for made in (self._postgres_jobs, partial(self._mysql_jobs, maria)):
            more, addresses_of = made()
            jobs.update(more)
            urls.update(addresses_of)
        refresher = Refresher(jobs)
        self.world.on_change(refresher.changed)
        refresher.all()
        refresher.start()
        self._ending.callback(refresher.stop)
        self._start_sftp(sftp)
        served = Served(
            self.world, self.state, self.credentials, options.base, self.mysql, refresher,
            self._pushers(), options.portal, self.clock, self.misbehaviour,
        )  # fmt: skip
        fill(served)
        write_secrets(
            options.secrets, addresses.secrets(options, self.credentials, urls, self.world.wire)
        )
        return served, listener

    def stop(self) -> None:
        """End every server and thread."""
        self._ending.close()

    def _closing(self, listener: socket.socket) -> socket.socket:
        self._ending.callback(listener.close)
        return listener

    def _systems(self, **wanted: str) -> dict[str, dict[str, Any]]:
        """Systems of wire.yml with these values."""
        found = self.world.wire.items()
        return {code: one for code, one in found if all(one.get(k) == v for k, v in wanted.items())}

    def _file_jobs(self) -> tuple[dict[Key, Job], dict[str, str]]:
        jobs: dict[Key, Job] = {}
        urls: dict[str, str] = {}
        for code, system in self._systems(transport="files").items():
            place, urls[code] = self._place(code, system["store"])
            for stream in system["streams"]:
                drop = Drop(self.world, code, stream, place, self.state, self.clock)
                jobs[code, stream] = partial(refresh_drop, drop, self.misbehaviour)
        return jobs, urls

    def _place(self, code: str, store: str) -> tuple[Place, str]:
        if store == "s3":
            return addresses.bucket(self.options, code, Bucket)
        folder = (self.options.home / "drops" / code).resolve()
        url = (
            str(folder)
            if store == "folder"
            else f"sftp://{self.options.host}:{self.options.sftp_port}/{code}"
        )
        return Folder(folder), url

    def _postgres_jobs(self) -> tuple[dict[Key, Job], dict[str, str]]:
        jobs: dict[Key, Job] = {}
        urls: dict[str, str] = {}
        for code, system in self._systems(server="postgresql").items():
            account = self.credentials.account(code, "sql")
            database = Postgres(self.options.postgres, code, account, self.name)
            database.prepare()
            urls[code] = database.url
            jobs.update(self._table_jobs(code, system, database))
        return jobs, urls

    def _table_jobs(self, code: str, system: dict[str, Any], database: Database) -> dict[Key, Job]:
        return {
            (code, table.stream): partial(refresh, self.world, database, table, self.misbehaviour)
            for table in tables_of(code, system)
        }

    def _start_mariadb(self) -> Future[MariaServer]:
        """Begin to start it: it takes some seconds, as the world does."""
        owner = self.credentials.account("mariadb", "sql")
        server = MariaServer(self.options.home, self.options.mysql_port, owner, self.options.host)
        pool = ThreadPoolExecutor(1, "mariadb")
        self._ending.callback(server.stop)
        self._ending.callback(pool.shutdown)
        return pool.submit(server.start)

    def _mysql_jobs(
        self, maria: Future[MariaServer] | None
    ) -> tuple[dict[Key, Job], dict[str, str]]:
        systems = self._systems(server="mysql")
        jobs: dict[Key, Job] = {}
        urls = {}
        for code, database in self._mysql_databases(systems, maria).items():
            account = self.credentials.account(code, "sql")
            who = f"{account['user']}:{account['password']}"
            at = f"{self.options.host}:{self.options.mysql_port}/{code}"
            urls[code] = f"mysql+pymysql://{who}@{at}?charset=utf8mb4"
            jobs.update(self._table_jobs(code, systems[code], database))
        return jobs, urls

    def _mysql_databases(
        self, systems: dict[str, dict[str, Any]], maria: Future[MariaServer] | None
    ) -> dict[str, Database]:
        accounts = {code: self.credentials.account(code, "sql") for code in systems}
        if maria is not None:
            server = maria.result()
            real = {code: MariaDatabase(server, code, accounts[code]) for code in systems}
            for one in real.values():
                one.prepare()
            return dict(real)
        listener = self._closing(hold(self.options.mysql_port, "--mysql-port", self.options.host))
        folder = self.options.home / "mysql"
        folder.mkdir(exist_ok=True)
        mimic = {
            code: MimicDatabase(folder, code, accounts[code], tables_of(code, system))
            for code, system in systems.items()
        }
        stand_in = MimicServer(mimic, listener)
        stand_in.start()
        self._ending.callback(stand_in.stop)
        return dict(mimic)

    def _start_sftp(self, listener: socket.socket) -> None:
        host = self.credentials.account("host", "ssh")
        systems = self._systems(store="sftp")
        accounts = {code: self.credentials.account(code, "ssh") for code in systems}
        server = SftpServer(listener, self.options.home / "drops", host, accounts)
        server.start()
        self._ending.callback(server.stop)

    def _pushers(self) -> dict[str, Pusher]:
        pushers = {}
        for code, system in self._systems(transport="push").items():
            account = self.credentials.account(code, system["auth"])
            pusher = Pusher(self.world, code, account, self.state, self.name)
            pusher.start()
            self._ending.callback(pusher.stop)
            self.world.on_change(_only(code, pusher.changed))
            pushers[code] = pusher
        return pushers


def _only(code: str, then: Callable[[], None]) -> Callable[[str, str], None]:
    return lambda system, _: then() if system == code else None


class Announcing(uvicorn.Server):
    """Says `ready` when requests are answered."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        print("ready", flush=True)


def run(options: Options) -> None:
    """Serve until SIGTERM or SIGINT."""

    def end(number: int, _: FrameType | None) -> None:
        sys.exit(0 if number == signal.SIGTERM else 130)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
    city = City(options)
    try:
        served, listener = city.start()
        config = uvicorn.Config(
            make_app(served),
            access_log=False,
            log_level="critical",
            lifespan="off",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        Announcing(config).run(sockets=[listener])
    finally:
        city.stop()
