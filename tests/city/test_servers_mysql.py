"""The two that serve MySQL systems, side by side: the stand-in and a real MariaDB."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql
import pytest

from city.servers.errors import ServeError
from city.servers.mariadb import MariaServer
from city.servers.mariatables import MariaDatabase
from city.servers.mimic import MimicDatabase, MimicServer
from city.servers.ports import hold
from city.servers.tables import Database, Table
from tests.ports import free_ports

OWNER = {"user": "city_owner", "password": "test-only-owner"}
ACCOUNT = {"user": "zj_housing_read", "password": "test-only"}
MIRROR = Table(
    *("zj_housing", "licence", "t_licence", "v_licence", "zzid"),
    (("zzid", "text"), ("名称", "text"), ("gxsj", "time")),
    *(False, None),
)
CHANGES = Table(
    *("zj_housing", "case", "up_case", None, "CD_BATCH"),
    (("id", "text"), ("CD_BATCH", "batch"), ("CD_STATE", "state")),
    *(False, "CD_STATE"),
)
FIRST, SECOND = "2026-11-01 08:00:00", "2026-11-02 08:00:00"
Served = tuple[Database, Callable[..., Any]]


@contextmanager
def mimic(home: Path, code: str, _: pytest.FixtureRequest) -> Iterator[tuple[Database, int]]:
    port = free_ports(1)
    database = MimicDatabase(home, code, ACCOUNT, [MIRROR, CHANGES])
    server = MimicServer({code: database}, hold(port, "--mysql-port"))
    server.start()
    yield database, port
    server.stop()


@contextmanager
def mariadb(_: Path, code: str, request: pytest.FixtureRequest) -> Iterator[tuple[Database, int]]:
    server = request.getfixturevalue("maria")
    database = MariaDatabase(server, code, ACCOUNT)
    database.prepare()
    yield database, server.port


@pytest.fixture(params=[mimic, pytest.param(mariadb, marks=pytest.mark.needs("mariadbd"))])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    code = "s" + secrets.token_hex(4)
    with request.param(tmp_path, code, request) as (database, port):

        def connect(**other: Any) -> Any:
            given = {"host": "127.0.0.1", "port": port, "database": code, **ACCOUNT, **other}
            return closing(pymysql.connect(**given))

        yield database, connect


def ask(connect: Callable[..., Any], sql: str) -> list[Any]:
    with connect() as conn, conn.cursor() as cursor:
        cursor.execute(sql)
        found = list(cursor.fetchall())
        conn.commit()
    return found


def test_a_mirror_holds_what_it_was_told(served: Served) -> None:
    database, connect = served
    assert database.position(MIRROR) is None
    database.load(MIRROR, [("a", "甲", FIRST), ("b", None, FIRST)], FIRST)
    database.put(MIRROR, [("b", "乙", SECOND), ("c", "丙'\\", SECOND)], ["a"], SECOND)
    assert database.position(MIRROR) == SECOND
    assert database.keys(MIRROR) == {"b", "c"}
    found = ask(connect, "SELECT zzid, 名称, CAST(gxsj AS CHAR) FROM v_licence ORDER BY zzid")
    assert found == [("b", "乙", SECOND), ("c", "丙'\\", SECOND)]
    keyset = f"SELECT zzid FROM v_licence WHERE (gxsj, zzid) > ('{SECOND}', 'b')"  # noqa: S608
    assert ask(connect, keyset) == [("c",)]


def test_acknowledged_changes_stay_so(served: Served) -> None:
    database, connect = served
    database.load(CHANGES, [], "0")
    database.put(CHANGES, [("a", 1, "0"), ("b", 2, "0")], [], "2")
    ask(connect, "UPDATE up_case SET CD_STATE = '1' WHERE CD_BATCH IN (1)")
    database.put(CHANGES, [("a", 1, "0"), ("c", 3, "0")], [], "3")
    found = ask(connect, "SELECT CD_BATCH, CD_STATE FROM up_case ORDER BY CD_BATCH")
    assert found == [(1, "1"), (2, "0"), (3, "0")]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE up_case SET id = 'x'",
        "DELETE FROM up_case",
        "INSERT INTO up_case VALUES ('x', 9, '0')",
        "DROP TABLE up_case",
        "SELECT nope FROM v_licence",
        "SELECT * FROM nope",
        "SELECT * FROM gjj_fund.v_licence",
    ],
)
def test_what_an_account_may_not_is_an_error(served: Served, sql: str) -> None:
    database, connect = served
    database.load(MIRROR, [], "")
    database.load(CHANGES, [], "0")
    with pytest.raises(pymysql.err.MySQLError):
        ask(connect, sql)


def test_a_wrong_password_does_not_open(served: Served) -> None:
    _, connect = served
    with pytest.raises(pymysql.err.OperationalError, match="1045"):
        connect(password="wrong")


@pytest.mark.needs("mariadbd")
def test_mariadb_knows_nobody_without_a_password(maria: MariaServer) -> None:
    for user, password in (("root", ""), ("", ""), ("mysql", ""), (OWNER["user"], "")):
        with pytest.raises(pymysql.err.OperationalError, match="1045"):
            pymysql.connect(host="127.0.0.1", port=maria.port, user=user, password=password)
    with closing(maria.connect(None)) as conn, conn.cursor() as cursor:
        cursor.execute("SHOW DATABASES LIKE 'test'")
        assert cursor.fetchall() == ()
        with pytest.raises(pymysql.err.OperationalError, match="FILE privilege"):
            cursor.execute("SELECT 1 INTO OUTFILE '/tmp/never'")


@pytest.mark.needs("mariadbd")
def test_what_a_killed_city_left_is_ended_at_the_next_start(tmp_path: Path) -> None:
    port = free_ports(1)
    killed, after = (MariaServer(tmp_path, port, OWNER) for _ in range(2))
    killed.start()
    left = killed.process
    assert left is not None
    try:
        after.start()
        assert left.poll() is not None
        after.connect(None).close()
    finally:
        after.stop()
        killed.stop()
    with pytest.raises(OSError, match="refused"):
        after.connect(None)
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".sql", ".pid")] == []


@pytest.mark.needs("mariadbd")
def test_a_taken_mysql_port_is_one_sentence(maria: MariaServer, tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="choose another --mysql-port"):
        MariaServer(tmp_path, maria.port, OWNER).start()
