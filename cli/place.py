"""What the launcher checks before it starts: room on the disk, free ports, its own secrets."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets as random
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import seaweed
from kernel.errors import PersonMustAct
from kernel.secrets import Secrets
from pipeline.roles.apply import make_passwords

ROOM_BYTES = 2 * 1024**3

MADE_SECRETS = (
    "DATABASE_PASSWORD",
    "S3_ID",
    "S3_SECRET",
    "CITY_DATABASE_PASSWORD",
    "CITY_S3_ID",
    "CITY_S3_SECRET",
    "AIRFLOW_PASSWORD",
    "AIRFLOW_SECRET_KEY",
    "AIRFLOW_JWT_SECRET",
)


class Ports:
    """All ports of one installation, counted from a base."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.portal = base
        self.airflow = base + 1
        self.city = base + 2
        self.sftp = base + 3
        self.mysql = base + 4
        self.database = base + 5
        self.city_database = base + 6
        self.s3 = base + 10
        self.city_s3 = base + 20

    def all(self) -> dict[int, str]:
        """Every port and what it is for."""
        names = {
            self.portal: "the portal",
            self.airflow: "Airflow",
            self.city: "the city's HTTP systems",
            self.sftp: "the city's SFTP",
            self.mysql: "the city's MySQL",
            self.database: "PostgreSQL",
            self.city_database: "the city's PostgreSQL",
        }
        for first, name in ((self.s3, "the object store"), (self.city_s3, "the city's S3")):
            names.update(dict.fromkeys(seaweed.ports(first).values(), name))
        return names


def check_ports(ports: Ports) -> None:
    """Raises PersonMustAct naming the first port that is taken and what to type instead."""
    for port, name in ports.all().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise PersonMustAct(
                    f"port {port} (for {name}) is in use: end the program that holds it, or take "
                    f'other ports with `make run ARGS="--port-base {ports.base + 1000}"`'
                ) from None


def check_home(home: Path) -> None:
    """The folder can be made and written, and there is room on its disk."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft = home / ".writable"
        draft.write_text("x", "utf-8")
        draft.unlink()
    except OSError as error:
        raise PersonMustAct(
            f"the state folder {home} cannot be written ({error.strerror}): "
            "name another with --home"
        ) from None
    free = shutil.disk_usage(home).free
    if free < ROOM_BYTES:
        raise PersonMustAct(
            f"the disk of {home} has {free // 1024**2} MB left and {ROOM_BYTES // 1024**2} MB are "
            "needed: free some, or name a folder on another disk with --home"
        )


@contextmanager
def only_launcher(home: Path) -> Iterator[None]:
    """Hold the state folder for this launcher; a killed one lets go by itself."""
    with (home / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PersonMustAct(
                f"another `zhongtai up` is running in {home}: end it with Ctrl-C first, "
                "or name another folder with --home"
            ) from None
        yield


def make_secrets(secrets: Secrets) -> None:
    """Make what the launcher needs, once. What is there stays."""
    make_passwords(secrets)
    for name in MADE_SECRETS:
        if not secrets.has(name):
            secrets.put(name, random.token_hex(32))
    if not secrets.has("AIRFLOW_FERNET_KEY"):
        secrets.put("AIRFLOW_FERNET_KEY", base64.urlsafe_b64encode(os.urandom(32)).decode())
