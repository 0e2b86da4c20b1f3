"""The two that serve MySQL systems, side by side: the stand-in and a real MariaDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from city.servers.mariadb import MariaDatabase, MariaServer
from city.servers.mimic import MimicDatabase, MimicServer
from city.servers.serve import hold
from city.servers.tables import Database, Table
from tests.conftest import free_ports, installed

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


def mimic(home: Path, port: int) -> Iterator[Database]:
    database = MimicDatabase(home, "zj_housing", ACCOUNT, [MIRROR, CHANGES])
    server = MimicServer({"zj_housing": database}, hold(port, "--mysql-port"))
    server.start()
    yield database
    server.stop()


def mariadb(home: Path, port: int) -> Iterator[Database]:
    server = MariaServer(home, port, {"user": "root", "password": "test-only"})
    server.start()
    database = MariaDatabase(server, "zj_housing", ACCOUNT)
    database.prepare()
    yield database
    server.stop()


REAL = pytest.param(
    mariadb,
    marks=[
        pytest.mark.needs("mariadbd"),
        pytest.mark.skipif(not installed("mariadbd"), reason="mariadbd is not installed"),
    ],
)


@pytest.fixture(params=[mimic, REAL])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    port = free_ports(1)

    def connect(**other: Any) -> Any:
        given = {"host": "127.0.0.1", "port": port, "database": "zj_housing", **ACCOUNT, **other}
        return closing(pymysql.connect(**given))

    for database in request.param(tmp_path, port):
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
