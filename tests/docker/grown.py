"""A city on several machines: the compose file's services, its workers each in a namespace."""

from __future__ import annotations

import os
import secrets as random
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cli import postgres, seaweed
from cli.airflow import ROLE, AirflowPlace, Api
from cli.place import Ports, make_secrets
from cli.processes import Child
from cli.round import ENDED, patiently
from kernel.duties import secret_of
from kernel.house import House
from kernel.secrets import Secrets
from landing.tables import batch
from pipeline.wiring import open_house
from registry.applied import read as read_registry
from tests.docker.byhand import SERVICES, Place, airflow_database
from tests.docker.links import Links
from tests.docker.waiting import healthy, until
from tests.e2e.installed import ROOT

AIRFLOW = ("airflow-api", "airflow-scheduler", "airflow-dags", "airflow-triggerer")
HBA = "host all all {}/24 scram-sha-256\n"

#: As many as Airflow's API gives at a time.
PAGE = 100


class Grown:
    """Everything but the workers runs on this machine, reached over the bridge."""

    def __init__(self, home: Path, base: int, links: Links, people: int) -> None:
        self.home, self.links, self.people = home, links, people
        self.ports, self.secrets = Ports(base), Secrets(home)
        self.children: list[Child] = []
        self.workers: dict[str, Child] = {}
        ports = {
            "portal": self.ports.portal,
            "airflow-api": self.ports.airflow,
            "postgres": self.ports.database,
            "s3": self.ports.s3,
            "redis": base + 7,
        }
        self.place = Place(home, links.address, ports, self._store(self.ports.s3))
        self.airflow = AirflowPlace(home, self.ports.airflow, "", links.address)
        self.house: House | None = None

    def _store(self, first: int) -> dict[str, str]:
        """Where an object store listens."""
        ports = {
            f"S3_{name.upper()}_PORT": str(port) for name, port in seaweed.ports(first).items()
        }
        ports["S3_PORT"] = ports.pop("S3_S3_PORT")
        return {
            **ports,
            "S3_HOST": self.links.address,
            "S3_BIND": self.links.address,
            "NO_PROXY": "*",
        }

    def start(self) -> None:
        """Until Airflow knows every system; no worker yet."""
        make_secrets(self.secrets)
        for name, value in self._more_secrets().items():
            self.secrets.put(name, value)
        self._database("postgres", self.home / "postgres", self.ports.database, "DATABASE_PASSWORD")
        word = self.secrets.get("DATABASE_PASSWORD")
        postgres.make_database(self.ports.database, word, "zhongtai")
        airflow_database(self.ports.database, word, self.secrets.folder)
        self._redis()
        self._object_store("s3", self.place)
        self.once("install")
        self._city()
        self.house = open_house(self.home)
        portal = self.keep(
            "portal", until_word="--certificate"
        )  # the city knows no certificate of ours
        until(lambda: healthy(f"http://{self.links.address}:{self.ports.portal}/health"), portal)
        self.once("airflow-migrate")
        started = [self.keep(name) for name in AIRFLOW]
        self.api = Api(self.airflow, self.secrets.get("AIRFLOW_PASSWORD"))
        self.api.wait_ready(started, len(read_registry(self.home)) + 2)

    def once(self, name: str) -> None:
        """A service that ends: it must end well."""
        done = subprocess.run(
            self.place.command(name), env={**os.environ, **self.place.environment(name)},
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]

    def worker(self, name: str) -> Child:
        """Start a Celery worker on a machine of its own, for the first time or again."""
        if name not in self.links.names:
            self.links.add(name)
        inside = self.links.inside(name)
        child = self.place.start("airflow-worker", before=inside, as_name=f"worker-{name}")
        self.children.append(child)
        self.workers[name] = child
        return child

    def wait(self, name: str) -> None:
        """Until it is healthy by the compose file's own check."""
        until(lambda: self._pings(name), self.workers[name])

    def _pings(self, name: str) -> bool:
        said = SERVICES["airflow-worker"]["healthcheck"]["test"][1].replace("$$", "$")
        env = {**os.environ, **self.place.environment("airflow-worker"), "HOSTNAME": name}
        command = [*self.links.inside(name), "sh", "-c", said]
        asked = subprocess.run(command, env=env, capture_output=True, cwd=ROOT, check=False)
        return asked.returncode == 0

    @property
    def opened(self) -> House:
        """The installation, once it is there."""
        assert self.house is not None
        return self.house

    def trigger(self, run: str, codes: Sequence[str]) -> None:
        """Ask for a sync of each of these systems under the name `run`."""
        for code in codes:
            patiently(partial(self.api.trigger, f"sync_{code}", run))

    def where(self, run: str) -> dict[str, set[str]]:
        """On which machine the last try of a run's `land` was, by system."""
        return {
            one["dag_id"].removeprefix("sync_"): {one["hostname"]}
            for one in self.tasks(run)
            if one["task_id"] == "land"
        }

    def running(self, run: str, code: str) -> list[str]:
        """The machine on which that system is read now, if any."""
        return [
            one["hostname"]
            for one in self.tasks(run)
            if (one["dag_id"], one["task_id"], one["state"]) == (f"sync_{code}", "land", "running")
        ]

    def tries(self, run: str, code: str, task: str) -> list[dict[str, Any]]:
        """Every try of one task, with its machine and how it ended."""
        path = f"/dags/sync_{code}/dagRuns/{run}/taskInstances/{task}/tries"
        return list(patiently(partial(self.api.call, "GET", path))["task_instances"])

    def tasks(self, run: str) -> list[dict[str, Any]]:
        """The tasks of a run over all systems, as Airflow's API gives them."""
        path = f"/dags/~/dagRuns/~/taskInstances?run_id_pattern={run}&limit={PAGE}&offset="
        found: list[dict[str, Any]] = []
        while True:
            answer = patiently(partial(self.api.call, "GET", f"{path}{len(found)}"))
            found += answer["task_instances"]
            if len(found) >= answer["total_entries"]:
                return found

    def landed(self, run: str, code: str) -> int:
        """How many batches of a system have landed under that run."""
        with self.opened.engine.connect() as conn:
            query = select(batch.c.seq).where(batch.c.run == run, batch.c.system == code)
            return len(conn.execute(query).all())

    def ended(self, run: str, codes: Sequence[str], seconds: float) -> dict[str, str]:
        """The state of each system's run, once all have ended."""
        deadline = time.monotonic() + seconds
        while True:
            runs = patiently(partial(self.api.runs, run_id_pattern=run))
            states = {one["dag_id"].removeprefix("sync_"): one["state"] for one in runs}
            if all(states.get(code) in ENDED for code in codes):
                return {code: states[code] for code in codes}
            assert time.monotonic() < deadline, f"not ended: {states}"
            time.sleep(0.5)

    def stop(self) -> None:
        """Nothing of it is left."""
        for child in reversed(self.children):
            if child.name.endswith("postgres"):
                postgres.stop(child)
            else:
                child.stop(2)
        if self.house is not None:
            self.house.close()

    def keep(
        self, name: str, *more: str, place: Place | None = None, until_word: str = ""
    ) -> Child:
        """Start a service that stays."""
        child = (place or self.place).start(name, *more, until_word=until_word)
        self.children.append(child)
        return child

    def _more_secrets(self) -> dict[str, str]:
        word, at = self.secrets.get(secret_of("airflow")), self.links.address
        queue = random.token_hex(16)
        database = f"postgresql+psycopg://{ROLE}:{word}@{at}:{self.ports.database}/airflow"
        return {
            "REDIS_PASSWORD": queue,
            "AIRFLOW_BROKER": f"redis://:{queue}@{at}:{self.place.ports['redis']}/0",
            "AIRFLOW_DATABASE": database,
            "AIRFLOW_RESULTS": f"db+{database}",
            "AIRFLOW_PASSWORDS": f'{{"admin": "{self.secrets.get("AIRFLOW_PASSWORD")}"}}',
        }

    def _database(self, name: str, data: Path, port: int, secret: str) -> None:
        """A server of the compose file's settings that answers on the bridge, too."""
        word = self.secrets.get(secret)
        postgres.make_cluster(data, word)
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(HBA.format(self.links.address))
        script = ["sh", "docker/postgres/replication.sh"]
        subprocess.run(script, check=True, cwd=ROOT, env={**os.environ, "PGDATA": str(data)})
        options = [f"listen_addresses=127.0.0.1,{self.links.address}", "unix_socket_directories="]
        words = [word for one in options for word in ("-c", one)]
        child = self.place.start("postgres", *words, "-D", str(data), "-p", str(port), as_name=name)
        self.children.append(child)
        postgres.wait_ready(child, port, word)

    def _redis(self) -> None:
        (self.home / "redis").mkdir()
        port = str(self.place.ports["redis"])
        place = self._with(REDIS_BIND=self.links.address, REDIS_PORT=port,
                           REDIS_DATA=str(self.home / "redis"))  # fmt: skip
        self.keep("redis", str(self.secrets.folder), place=place)

    def _object_store(self, name: str, place: Place) -> None:
        child = self.keep(name, *([str(self.secrets.folder)] if name == "s3" else []), place=place)
        address = f"http://{self.links.address}:{place.settings['S3_PORT']}/healthz"
        until(lambda: healthy(address), child)

    def _city(self) -> None:
        """The profile `city`, with stores of its own, reached over the bridge, too."""
        at, home = self.links.address, self.home / "city"
        port = self.ports.city_database
        self._database("city-postgres", home / "postgres", port, "CITY_DATABASE_PASSWORD")
        stored = Place(self.home, at, {}, self._store(self.ports.city_s3), objects="city/s3")
        self._object_store("city-s3", stored)
        place = self._with(
            CITY_DATABASE_AT=f"{at}:{port}", CITY_S3_AT=f"{at}:{self.ports.city_s3}",
            CITY_HOME=str(home), CITY_PEOPLE=str(self.people), CITY_HOST=at,
            CITY_PORT=str(self.ports.city), CITY_SFTP_PORT=str(self.ports.sftp),
            CITY_MYSQL_PORT=str(self.ports.mysql),
        )  # fmt: skip
        child = self.keep("city", str(self.secrets.folder), place=place)
        until(lambda: healthy(f"http://{at}:{self.ports.city}/health"), child)

    def _with(self, **settings: str) -> Place:
        return Place(
            self.home, self.links.address, self.place.ports, {**self.place.settings, **settings}
        )
