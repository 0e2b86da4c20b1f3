"""The services of `docker/compose.yaml` started without Docker: its commands, its settings.

Only what names a place inside a container is changed: folders, the folder of secrets, and the
names and ports of other services.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cli.airflow import shared
from cli.postgres import binaries, unprivileged
from cli.processes import Child, start
from tests.e2e.installed import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BIN = Path(sys.executable).parent
#: Each service's port inside its container.
INSIDE = {"airflow-api": 8080, "redis": 6379, "postgres": 5432, "s3": 8333}


PORTAL = "8600"


@dataclass(frozen=True)
class Place:
    """Where the services are: a state folder, one address for all, a port for each by its name.

    `settings` are put over those of the compose file.
    """

    home: Path
    host: str
    ports: Mapping[str, int]
    settings: Mapping[str, str] = field(default_factory=dict)
    objects: str = "s3"  # the object store's folder in the state folder

    @property
    def portal(self) -> str:
        """The portal's address."""
        return f"http://{self.host}:{self.ports.get('portal', PORTAL)}"

    def here(self, text: str) -> str:
        """A text of the compose file with this machine's places."""
        changes = [
            *(
                (f"{name}:{port}", f"{self.host}:{self.ports[name]}")
                for name, port in INSIDE.items()
                if name in self.ports
            ),
            ("/var/lib/seaweed", str(self.home / self.objects)),
            ("/opt/redis.sh", str(ROOT / "docker" / "redis.sh")),
            ("/var/lib/zhongtai", str(self.home)),
            ("/opt/zhongtai", str(ROOT)),
            ("/run/secrets", str(self.home / "secrets")),
            ("0.0.0.0", self.host),  # noqa: S104
        ]
        text = re.sub(r"\$\{ZHONGTAI_PORTAL\b[^}]*\}", self.portal, text)
        for inside, outside in changes:
            text = text.replace(inside, outside)
        return text

    def environment(self, name: str) -> dict[str, str]:
        """What compose gives a service."""
        one = SERVICES[name]
        files = [shared(file.removeprefix("airflow/")) for file in one.get("env_file", ())]
        given = {key: self.here(value) for key, value in one.get("environment", {}).items()}
        found = {key: value for file in files for key, value in file.items()} | given
        found.setdefault("ZHONGTAI_HOME", str(self.home))  # the image says so
        found["PATH"] = f"{BIN}:{os.environ['PATH']}"
        if "AIRFLOW__API__PORT" in found:
            found["AIRFLOW__API__PORT"] = str(self.ports["airflow-api"])
        return {**found, **self.settings}

    def command(self, name: str, *more: str) -> list[str]:
        """What compose runs, with the programs of this installation."""
        program, *words = [self.here(word) for word in SERVICES[name]["command"]]
        known = {"python": sys.executable, "postgres": str(binaries() / "postgres")}
        own = BIN / program
        found = known.get(program) or (str(own) if own.exists() else program)
        port = str(self.ports.get(name, ""))
        return [found, *(port if word == PORTAL else word for word in words), *more]

    def start(
        self,
        name: str,
        *more: str,
        before: tuple[str, ...] = (),
        as_name: str = "",
        until_word: str = "",
    ) -> Child:
        """Start it; its output goes to the state folder's logs.

        `before`: what it is run by. `until_word`: its command is cut there.
        """
        command = self.command(name)
        command = [*(command[: command.index(until_word)] if until_word else command), *more]
        if name == "postgres":
            command = unprivileged(command)
        return start(
            self.home,
            as_name or name,
            [*before, *command],
            env={**self.environment(name), "PYTHONWARNINGS": "ignore"},
            cwd=ROOT,
        )


def secrets_of(name: str) -> list[str]:
    """The secrets that compose gives a service."""
    return list(SERVICES[name].get("secrets", ()))


def named_secrets() -> set[str]:
    """Every secret that the compose file's text names by its file."""
    text = (ROOT / "docker" / "compose.yaml").read_text("utf-8")
    return set(re.findall(r"/run/secrets/(\w+)", text))


def airflow_database(port: int, word: str, secrets: Path) -> None:
    """What the database's container does when its cluster is made. `word`: the owner's password."""
    settings = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGPASSWORD": word}
    env = {**os.environ, **settings, "PATH": f"{binaries()}:{os.environ['PATH']}"}
    script = ["sh", str(ROOT / "docker" / "postgres" / "airflow.sh"), str(secrets)]
    subprocess.run(script, check=True, env=env)
