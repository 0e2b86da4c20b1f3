"""Airflow 3 on loopback: API server, scheduler (LocalExecutor), DAG processor; no log servers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from cli.processes import Child, start
from kernel.duties import secret_of
from kernel.errors import RetryLater, Stop
from kernel.secrets import Secrets, write_closed

START_SECONDS = 120
ROLE = "zhongtai_airflow"  # the database role that owns Airflow's database, and no other
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class AirflowPlace:
    """Where one Airflow lives. `database`: host:port/name."""

    home: Path
    port: int
    database: str
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def write_secrets(place: AirflowPlace, secrets: Secrets) -> None:
    """Airflow's secrets, out of `secrets/` into its own settings file (0600): whoever may list a
    machine's processes may see their environment."""
    user = f"{ROLE}:{secrets.get(secret_of('airflow'))}@{place.database}"
    said = {
        "core": {"fernet_key": secrets.get("AIRFLOW_FERNET_KEY")},
        "database": {
            "sql_alchemy_conn": f"postgresql+psycopg://{user}",
            "sql_alchemy_conn_async": f"postgresql+psycopg_async://{user}",
        },
        "api": {"secret_key": secrets.get("AIRFLOW_SECRET_KEY")},
        "api_auth": {"jwt_secret": secrets.get("AIRFLOW_JWT_SECRET")},
    }
    lines = [
        line
        for section, values in said.items()
        for line in (f"[{section}]", *(f"{name} = {value}" for name, value in values.items()))
    ]
    write_closed(place.home / "airflow" / "airflow.cfg", "\n".join(lines) + "\n")


def environment(place: AirflowPlace) -> dict[str, str]:
    """All settings of Airflow but its secrets, as environment variables."""
    folder = place.home / "airflow"
    return {
        **shared(),
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{place.url}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "AIRFLOW__API__HOST": place.host,
        "AIRFLOW__API__PORT": str(place.port),
        "AIRFLOW__API__BASE_URL": place.url,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(place.home / "logs" / "airflow"),
        "PYTHONWARNINGS": "ignore",
        "ZHONGTAI_HOME": str(place.home),
        "NO_PROXY": "127.0.0.1,localhost",
    }


def shared(name: str = "airflow.env") -> dict[str, str]:
    """The settings of a file in `docker/airflow`, which every installation has in common."""
    text = (REPOSITORY / "docker" / "airflow" / name).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def program() -> str:
    """The `airflow` command beside this Python."""
    return str(Path(sys.executable).parent / "airflow")


def prepare(place: AirflowPlace, secrets: Secrets) -> None:
    """Make or migrate Airflow's database; write the one account's password."""
    folder = place.home / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config").mkdir(exist_ok=True)
    settings = REPOSITORY / "docker" / "airflow" / "airflow_local_settings.py"
    shutil.copy(settings, folder / "config" / settings.name)
    passwords = folder / "passwords.json"
    write_closed(passwords, json.dumps({"admin": secrets.get("AIRFLOW_PASSWORD")}))
    write_secrets(place, secrets)
    log = place.home / "logs" / "airflow-migrate.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        done = subprocess.run(
            [program(), "db", "migrate"],
            env={**os.environ, **environment(place)},
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise Stop(f"Airflow could not make its database (see {log})")


def start_all(place: AirflowPlace) -> list[Child]:
    """Start the three programs. Does not wait."""
    env = environment(place)
    commands = {
        "airflow-api": ["api-server"],
        "airflow-scheduler": ["scheduler", "--skip-serve-logs"],
        "airflow-dags": ["dag-processor"],
    }
    return [
        start(place.home, name, [program(), *arguments], env=env, cwd=REPOSITORY)
        for name, arguments in commands.items()
    ]


class Api:
    """Airflow's REST API, as its one account."""

    def __init__(self, place: AirflowPlace, password: str) -> None:
        self.place = place
        self.password = password
        self.session = requests.Session()
        self.session.trust_env = False

    def sign_in(self) -> None:
        """Get a token. Raises RetryLater while the server is starting."""
        try:
            answer = self.session.post(
                f"{self.place.url}/auth/token",
                json={"username": "admin", "password": self.password},
                timeout=10,
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            raise RetryLater("Airflow's API does not answer yet") from error
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """One call of /api/v2. Raises RetryLater with the status when it does not go through."""
        try:
            answer = self.session.request(
                method, f"{self.place.url}/api/v2{path}", timeout=30, **arguments
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            status = error.response.status_code if error.response is not None else "no answer"
            raise RetryLater(f"Airflow's API: {method} {path}: {status}") from error
        return answer.json() if answer.content else None

    def wait_ready(self, children: list[Child], dags: int) -> None:
        """Until it answers and that many DAGs are in its database."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            gone = [child for child in children if not child.alive()]
            if gone:
                raise Stop(f"{gone[0].name} ended at start (see {gone[0].log})")
            try:
                if "Authorization" not in self.session.headers:
                    self.sign_in()
                if self.call("GET", "/dags?limit=1")["total_entries"] >= dags:
                    return
            except RetryLater:
                pass
            if time.monotonic() > deadline:
                raise Stop(f"Airflow was not ready in {START_SECONDS} s (see {children[0].log})")
            time.sleep(0.5)

    def trigger(self, dag: str, run: str) -> None:
        """Start a run of a DAG under the name `run`, once however often it is asked for."""
        try:
            wanted = {"dag_run_id": run, "logical_date": None}
            self.call("POST", f"/dags/{dag}/dagRuns", json=wanted)
        except RetryLater:
            if not self.runs(dag, run_id_pattern=run):
                raise

    def runs(self, dag: str = "~", **query: str | int) -> list[dict[str, Any]]:
        """The newest runs of a DAG ("~": of all)."""
        words = {"limit": 100, "order_by": "-start_date", **query}
        found = self.call("GET", f"/dags/{dag}/dagRuns", params=words)
        return list(found["dag_runs"])
