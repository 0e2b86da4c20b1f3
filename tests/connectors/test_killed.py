"""A connection that is killed in mid-read is named, and the read may be tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pymysql
import pytest

from connectors import Connector
from kernel.errors import RetryLater
from tests.connectors.test_types import STREAM, Source, my, pg

__all__ = ["my", "pg"]

ENDED = "it ended our connection in mid-read"


def killed(client: Connector, kill: Callable[[], bool]) -> None:
    """Read while another thread tries to kill until it has met the statement."""
    met: list[bool] = []

    def until_met() -> None:
        deadline = time.monotonic() + 20
        while not met and time.monotonic() < deadline:
            if kill():
                met.append(True)

    thread = threading.Thread(target=until_met)
    thread.start()
    try:
        with pytest.raises(RetryLater, match=ENDED):
            list(client.rows(STREAM, None, full=True))
    finally:
        thread.join()
    assert met


def test_postgresql_ends_a_read(pg: Source) -> None:
    pg.run("CREATE VIEW v_rows AS SELECT 1 AS id, pg_sleep(15)::text AS words")

    def kill() -> bool:
        found: Any = pg.run(
            "SELECT pg_terminate_backend(pid), pg_sleep(0.05) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event = 'PgSleep'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()
        return bool(found)

    killed(pg.open(), kill)


@pytest.mark.needs("mariadbd")
def test_mariadb_ends_a_read(my: Source, maria: Any) -> None:
    my.run("CREATE TABLE one (id int)")
    my.run("INSERT INTO one VALUES (1)")
    my.run("CREATE VIEW v_rows AS SELECT id, SLEEP(15) AS words FROM one")
    account = my.url.split("//")[1].split(":")[0]
    password = my.url.split(":")[2].split("@")[0]  # an account sees and kills its own sessions
    with (
        closing(
            pymysql.connect(host="127.0.0.1", port=maria.port, user=account, password=password)
        ) as conn,
        conn.cursor() as cursor,
    ):

        def kill() -> bool:
            cursor.execute("SHOW PROCESSLIST")
            busy = [row[0] for row in cursor.fetchall() if row[1] == account and row[4] == "Query"
                    and "v_rows" in str(row[7])]  # fmt: skip
            for one in busy:
                cursor.execute(f"KILL {int(one)}")
            return bool(busy)

        killed(my.open(), kill)
