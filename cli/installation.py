"""A whole installation without Airflow, for tests and benches: stores, city, tables, registry."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.place import Ports, make_secrets
from cli.services import Services
from kernel.errors import RetryLater
from kernel.house import House
from kernel.profile import ProfileName
from kernel.secrets import Secrets
from pipeline import steps
from pipeline.wiring import open_house
from registry.contract import System

Installed = tuple[House, dict[str, System]]


@contextmanager
def installation(
    home: Path, people: int, *, portal: bool = True, crypto: ProfileName | None = None
) -> Iterator[Installed]:
    """Start it on free ports in `home`, give it, end it. `crypto`: as `zhongtai up` takes it."""
    home.mkdir(parents=True, exist_ok=True)
    make_secrets(Secrets(home))
    services = Services(home, Ports(free_base()), people, 360700, crypto)
    try:
        services.start_stores()
        services.start_city()
        house = open_house(home)
        systems = steps.prepare(house)
        if portal:
            services.start_portal()
            services.wait_portal()
        services.wait_city()
        yield house, systems
        house.close()
    finally:
        services.stop()


def free_base() -> int:
    """A base whose ports are all free now, below those that the system gives to clients."""
    for _ in range(200):
        base = 20000 + 40 * secrets.randbelow(300)
        if all(_free(port) for port in Ports(base).all()):
            return base
    raise RetryLater("no forty free ports in a row on loopback")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
