"""One sandbox city for these tests, on a PostgreSQL cluster of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cli import postgres
from tests.city.conftest import RunningCity
from tests.conftest import free_ports


@pytest.fixture(scope="session")
def city(
    servers: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCity]:
    """A city of 200 people; its secrets folder is `city.secrets`."""
    home, port = tmp_path_factory.mktemp("connectors"), free_ports(1)
    postgres.make_cluster(home / "postgres", "test-only")
    cluster = postgres.start_cluster(home, "city-postgres", home / "postgres", port)
    postgres.wait_ready(cluster, port, "test-only")
    running = RunningCity(home / "city", {**servers, "pg_port": port, "pg_password": "test-only"})
    try:
        running.start()
        yield running
    finally:
        if running.process is not None:
            running.stop()
        postgres.stop(cluster)
