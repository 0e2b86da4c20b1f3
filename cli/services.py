"""Starts and ends everything that `zhongtai up` runs, in the order of docs/architecture.md."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import requests

from cli import airflow, postgres, seaweed
from cli.place import Ports
from cli.processes import Child, start
from kernel.duties import secret_of
from kernel.errors import BadInput, Stop
from kernel.keys import load_keys, make_keys
from kernel.profile import PROFILES, ProfileName
from kernel.secrets import Secrets, write_closed
from kernel.settings import Settings, load_settings, save_settings

CITY_SECONDS = 180
PORTAL_SECONDS = 60


class Services:
    """The running programs of one installation."""

    def __init__(
        self, home: Path, ports: Ports, people: int, seed: int, crypto: ProfileName | None = None
    ) -> None:
        self.home = home
        self.crypto = crypto  # None: as the installation has it, else standard
        self.ports = ports
        self.people = people
        self.seed = seed
        self.secrets = Secrets(home)
        self.children: list[Child] = []
        self.airflow_place = airflow.AirflowPlace(
            home, ports.airflow, f"127.0.0.1:{ports.database}/airflow"
        )

    def start_stores(self) -> None:
        """Two databases and two object stores: the platform's, and the city's own."""
        first_start = not (self.home / "postgres" / "PG_VERSION").exists()
        before = self._before()
        crypto = before.crypto if before else self.crypto or "standard"
        if self.crypto not in (None, crypto):
            raise BadInput(
                f"the installation in {self.home} uses the crypto {crypto} and keeps it: "
                "leave --crypto out, or start a new one with --home"
            )
        if first_start:
            make_keys(self.home, PROFILES[crypto])
        load_keys(self.home, PROFILES[crypto])  # data there but a key gone: nothing starts
        with ThreadPoolExecutor(4) as pool:
            for waiting in (
                pool.submit(self._database, "postgres", self.ports.database, "DATABASE_PASSWORD"),
                pool.submit(
                    self._database,
                    "city-postgres",
                    self.ports.city_database,
                    "CITY_DATABASE_PASSWORD",
                ),
                pool.submit(self._store, "s3", self.ports.s3, "S3", "zhongtai"),
                pool.submit(self._store, "city-s3", self.ports.city_s3, "CITY_S3", "drops"),
            ):
                waiting.result()
        password = self.secrets.get("DATABASE_PASSWORD")
        postgres.make_database(self.ports.database, password, "zhongtai")
        word = self.secrets.get(secret_of("airflow"))
        at = (self.ports.database, password, "airflow")
        postgres.give_database(*at, airflow.ROLE, word)
        addresses = Settings(
            home=self.home,
            database_url=f"postgresql+psycopg://zhongtai@127.0.0.1:{self.ports.database}/zhongtai",
            s3_endpoint=f"127.0.0.1:{self.ports.s3}",
            s3_bucket="zhongtai",
            portal_url=f"http://127.0.0.1:{self.ports.portal}",
            airflow_url=self.airflow_place.url,
            city_url=f"http://127.0.0.1:{self.ports.city}",
            crypto=crypto,
        )
        save_settings(_kept(before, addresses))

    def _before(self) -> Settings | None:
        """The settings of an earlier start; None at the first."""
        return load_settings(self.home) if (self.home / "settings.json").is_file() else None

    def start_city(self) -> None:
        """Start the sandbox city. Does not wait."""
        database = (
            f"postgresql://zhongtai:{self.secrets.get('CITY_DATABASE_PASSWORD')}"
            f"@127.0.0.1:{self.ports.city_database}/postgres"
        )
        store = (
            f"http://{self.secrets.get('CITY_S3_ID')}:{self.secrets.get('CITY_S3_SECRET')}"
            f"@127.0.0.1:{self.ports.city_s3}"
        )
        command = [sys.executable, "-m", "city", "serve", "--home", str(self.home / "city")]
        command += ["--seed", str(self.seed), "--people", str(self.people)]
        command += ["--port", str(self.ports.city), "--sftp-port", str(self.ports.sftp)]
        command += ["--mysql-port", str(self.ports.mysql)]
        command += ["--secrets", str(self.home / "secrets")]
        for option, text in (("postgres", database), ("s3", store)):
            file = self.home / "city" / f"{option}.address"
            write_closed(file, text)
            command += [f"--{option}-file", str(file)]
        command += ["--portal", f"http://127.0.0.1:{self.ports.portal}"]
        self.children.append(start(self.home, "city", command, cwd=airflow.REPOSITORY))

    def wait_city(self) -> None:
        """Until all 47 systems are served."""
        self._wait_http("city", f"http://127.0.0.1:{self.ports.city}/health", CITY_SECONDS)

    def start_portal(self) -> None:
        """Start the portal. Does not wait."""
        command = [sys.executable, "-m", "portal", "--port", str(self.ports.portal)]
        env = {"ZHONGTAI_HOME": str(self.home)}
        self.children.append(start(self.home, "portal", command, env=env, cwd=airflow.REPOSITORY))

    def wait_portal(self) -> None:
        """Until the portal answers."""
        self._wait_http("portal", f"http://127.0.0.1:{self.ports.portal}/health", PORTAL_SECONDS)

    def prepare_airflow(self) -> None:
        """Airflow's database; may run beside other starts."""
        airflow.prepare(self.airflow_place, self.secrets)

    def start_airflow(self) -> airflow.Api:
        """Start Airflow and give its API. Does not wait."""
        self.children += airflow.start_all(self.airflow_place)
        return airflow.Api(self.airflow_place, self.secrets.get("AIRFLOW_PASSWORD"))

    def airflow_children(self) -> list[Child]:
        """The programs of Airflow."""
        return [child for child in self.children if child.name.startswith("airflow")]

    def gone(self) -> Child | None:
        """A program that has ended by itself, if any."""
        return next((child for child in self.children if not child.alive()), None)

    def stop(self) -> None:
        """End everything that was started, last first; the stores after the others."""
        stores = ("postgres", "city-postgres", "s3", "city-s3")
        users = [child for child in self.children if child.name not in stores]
        _together(users, 4)
        _together([child for child in self.children if child.name in stores], 8)
        self.children = []

    def _database(self, name: str, port: int, secret: str) -> None:
        data = self.home / "city" / "postgres" if name.startswith("city") else self.home / name
        password = self.secrets.get(secret)
        postgres.make_cluster(data, password)
        child = postgres.start_cluster(self.home, name, data, port)
        self.children.append(child)
        postgres.wait_ready(child, port, password)

    def _store(self, name: str, first: int, secret: str, bucket: str) -> None:
        data = self.home / "city" / "s3" if name.startswith("city") else self.home / name
        access, key = self.secrets.get(f"{secret}_ID"), self.secrets.get(f"{secret}_SECRET")
        child = seaweed.start_store(self.home, name, data, first, access, key)
        self.children.append(child)
        seaweed.wait_ready(child, first, access, key, bucket)

    def _wait_http(self, name: str, url: str, seconds: float) -> None:
        child = next(child for child in self.children if child.name == name)
        session = requests.Session()
        session.trust_env = False
        deadline = time.monotonic() + seconds
        while True:
            if not child.alive():
                raise Stop(f"{name} ended at start: see {child.log}")
            try:
                if session.get(url, timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                pass
            if time.monotonic() > deadline:
                raise Stop(f"{name} was not ready in {seconds:.0f} s: see {child.log}")
            time.sleep(0.1)


def _together(children: list[Child], seconds: float) -> None:
    with ThreadPoolExecutor(max(1, len(children))) as pool:
        for child in children:
            if child.name.endswith("postgres"):
                pool.submit(postgres.stop, child)
            elif child.name.endswith("s3"):
                pool.submit(seaweed.stop, child)
            else:
                pool.submit(child.stop, seconds)


def memory_pss(children: list[Child]) -> int:
    """Proportional memory of all children and their children, in bytes (Linux)."""
    import psutil

    total = 0
    leaders = {child.process.pid for child in children}
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in leaders:
                total += int(process.memory_full_info().pss)
        except (psutil.Error, ProcessLookupError, AttributeError):
            continue
    return total


def _kept(before: Settings | None, addresses: Settings) -> Settings:
    """Today's addresses; everything else as a person has set it."""
    if before is None:
        return addresses
    return replace(
        before,
        home=addresses.home,
        database_url=addresses.database_url,
        s3_endpoint=addresses.s3_endpoint,
        s3_bucket=addresses.s3_bucket,
        portal_url=addresses.portal_url,
        airflow_url=addresses.airflow_url,
        city_url=addresses.city_url,
    )
