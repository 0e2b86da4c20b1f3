"""The law of reading in steps: every row once, whatever its key, wherever borders fall."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from city.servers.mariadb import MariaServer
from cli import postgres
from connectors import Connector, keyset, open_connector
from connectors.frames import BATCH
from kernel.clock import system_clock
from kernel.errors import PersonMustAct, RetryLater
from tests.connectors.made import made_secrets, made_stream, made_system

STREAM = made_stream(path="v", key=["a", "b"], deletes={"sign": "reconcile"})
QUICK = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = st.sampled_from(["a", "A", "b", "B ", "b", "", "ß", "ss", "é", "e", "é", "中", "1", "10"])
TIMES = st.sampled_from([None, *(f"2026-11-20 00:00:0{i}" for i in range(4))])
#: time, first key (unique among rows with both), second key (may be missing), note
ROWS = st.lists(
    st.tuples(TIMES, st.one_of(st.none(), WORDS), st.one_of(st.none(), st.integers(-3, 3))),
    max_size=25,
    unique_by=lambda row: row[1:],
)
Rows = list[tuple[str | None, str | None, int | None]]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows a batch, so that borders fall everywhere."""
    monkeypatch.setattr(BATCH, "rows", 3)
    monkeypatch.setattr(keyset, "STEP_ROWS", 40)


def opened(home: Path, dialect: str, url: str) -> Connector:
    """The client of the table."""
    transport = {"kind": "sql", "address": "XX_URL", "dialect": dialect}
    return open_connector(made_system(transport, STREAM), made_secrets(home, URL=url), system_clock)


def given_rows(client: Connector, cursor: str | None = None) -> tuple[Counter[Any], str | None]:
    """Every row that a read gives, counted, and where to go on."""
    rows: Counter[Any] = Counter()
    for batch in client.rows(STREAM, cursor, full=False):
        frame = batch.frame[["updated", "a", "b"]].astype(object)
        rows.update(frame.where(frame.notna(), None).itertuples(index=False, name=None))
        cursor = batch.cursor or cursor
    return rows, cursor


def model(rows: Rows, since: str | None = None) -> Counter[Any]:
    """What a read must give: rows from a time on, all without a time, all without a key."""
    return Counter(
        (at, a, None if b is None else str(b))
        for at, a, b in rows
        if since is None or at is None or at >= since or a is None or b is None
    )


def agree(client: Connector, rows: Rows) -> None:
    """A first read, and one from its cursor on, give what they must."""
    found, cursor = given_rows(client)
    assert found == model(rows)
    times = [at for at, _, _ in rows if at is not None]
    assert (json.loads(cursor)["since"] if cursor else None) == max(times, default=None)
    if times:
        assert given_rows(client, cursor)[0] == model(rows, max(times))
    keys = Counter(
        key for frame in client.keys(STREAM) for key in frame.itertuples(index=False, name=None)
    )
    whole = Counter((a, str(b)) for _, a, b in rows if a is not None and b is not None)
    assert keys == whole


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A table whose collation folds case."""
    conn = sqlite3.connect(tmp_path / "v.db", isolation_level=None)
    conn.execute("CREATE TABLE v (updated text, a text COLLATE NOCASE, b int)")
    yield conn
    conn.close()


@QUICK
@given(rows=ROWS)
def test_sqlite_gives_every_row_once(
    sqlite: sqlite3.Connection, tmp_path: Path, rows: Rows
) -> None:
    sqlite.execute("DELETE FROM v")
    sqlite.executemany("INSERT INTO v VALUES (?, ?, ?)", rows)
    agree(opened(tmp_path, "sqlite", f"sqlite:///{tmp_path}/v.db"), rows)


@pytest.fixture
def pg(servers: dict[str, Any]) -> Iterator[tuple[psycopg.Connection, str]]:
    """A table on PostgreSQL."""
    port, password = int(servers["pg_port"]), str(servers["pg_password"])
    name = "k" + secrets.token_hex(6)
    postgres.make_database(port, password, name)
    with postgres.connect(port, password, name) as conn:
        conn.execute("CREATE TABLE v (updated timestamp, a text, b int)")
        yield conn, f"postgresql://zhongtai:{password}@127.0.0.1:{port}/{name}"


@QUICK
@given(rows=ROWS)
def test_postgresql_gives_every_row_once(
    pg: tuple[psycopg.Connection, str], tmp_path: Path, rows: Rows
) -> None:
    conn, url = pg
    conn.execute("TRUNCATE v")
    with conn.cursor() as cursor:
        cursor.executemany("INSERT INTO v VALUES (%s, %s, %s)", rows)
    agree(opened(tmp_path, "postgresql", url), rows)


@pytest.fixture
def my(maria: MariaServer) -> Iterator[tuple[Any, str]]:
    """A table on MariaDB whose collation folds case, accents and trailing blanks."""
    name = "k" + secrets.token_hex(6)
    with maria.connect(None) as conn, conn.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'test-only'")
        cursor.execute(f"GRANT SELECT ON {name}.* TO {name}@'127.0.0.1'")
        cursor.execute(f"USE {name}")
        cursor.execute(
            "CREATE TABLE v (updated datetime,"
            " a varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, b int)"
        )
        conn.commit()
        yield conn, f"mysql://{name}:test-only@127.0.0.1:{maria.port}/{name}"


@pytest.mark.needs("mariadbd")
@QUICK
@given(rows=ROWS)
def test_mariadb_gives_every_row_once(my: tuple[Any, str], tmp_path: Path, rows: Rows) -> None:
    conn, url = my
    with conn.cursor() as cursor:
        cursor.execute("DELETE FROM v")
        cursor.executemany("INSERT INTO v VALUES (%s, %s, %s)", rows)
    conn.commit()
    agree(opened(tmp_path, "mysql", url), rows)


def test_rows_that_change_while_they_are_read_are_not_lost(
    pg: tuple[psycopg.Connection, str], tmp_path: Path
) -> None:
    conn, url = pg
    conn.execute(
        "INSERT INTO v SELECT timestamp '2026-11-20' + i * interval '1 s', 'r' || i, i"
        " FROM generate_series(0, 19) i"
    )
    client = opened(tmp_path, "postgresql", url)
    seen: Counter[str] = Counter()
    cursor = None
    for number, batch in enumerate(client.rows(STREAM, None, full=False)):
        seen.update(batch.frame["a"])
        cursor = batch.cursor or cursor
        if number == 0:  # what is read and what is ahead changes, rows come on both sides
            assert list(batch.frame["a"]) == ["r0", "r1", "r10"]
            conn.execute("UPDATE v SET updated = '2026-11-21' WHERE a IN ('r0', 'r12')")
            conn.execute("INSERT INTO v VALUES ('2026-11-21 00:00:15.5', 'a', 1)")
            conn.execute("INSERT INTO v VALUES ('2026-11-21 00:00:15.5', 'z', 1)")
    assert seen == Counter({f"r{i}": 1 for i in range(20)})
    assert cursor == '{"since": "2026-11-20 00:00:19"}'
    again, cursor = given_rows(client, cursor)
    assert {a for _, a, _ in again} == {"r19", "r0", "r12", "a", "z"}
    assert cursor == '{"since": "2026-11-21 00:00:15.5"}'


def test_a_first_read_that_is_cut_goes_on_behind_its_last_row(
    pg: tuple[psycopg.Connection, str], tmp_path: Path
) -> None:
    conn, url = pg
    conn.execute(
        "INSERT INTO v SELECT timestamp '2026-11-20' + i * interval '1 s', chr(97 + i), i"
        " FROM generate_series(0, 8) i"
    )
    client = opened(tmp_path, "postgresql", url)
    cut = [batch.cursor for batch in client.rows(STREAM, None, full=False)]
    assert len(cut) == 3
    conn.execute("UPDATE v SET updated = '2026-11-21' WHERE a = 'b'")
    for number, cursor in enumerate(cut[:2], start=1):
        found = {a for _, a, _ in given_rows(client, cursor)[0]}
        assert found == {"b", *"abcdefghi"[3 * number :]}
    # Cut behind the very last row: nothing is left by key, and what changed meanwhile still comes.
    all_read = '{"behind": ["i", "8"], "until": "2026-11-20 00:00:08"}'
    rest, cursor = given_rows(client, all_read)
    assert {a for _, a, _ in rest} == {"b", "i"}
    assert cursor == '{"since": "2026-11-21 00:00:00"}'


def test_a_column_that_is_no_key_is_refused(
    pg: tuple[psycopg.Connection, str], tmp_path: Path
) -> None:
    conn, url = pg
    conn.execute("INSERT INTO v SELECT '2026-11-20', 'a', 1 FROM generate_series(1, 9)")
    with pytest.raises(PersonMustAct, match="a, b of v is the same in 3 rows and more"):
        list(opened(tmp_path, "postgresql", url).rows(STREAM, None, full=False))
    conn.execute("UPDATE v SET a = NULL")
    conn.execute("INSERT INTO v SELECT NULL, NULL, 1 FROM generate_series(1, 40)")
    with pytest.raises(PersonMustAct, match="a, b of v is empty in 40 rows and more"):
        list(opened(tmp_path, "postgresql", url).rows(STREAM, None, full=False))


def test_a_period_and_one_row_leave_the_cursor(
    pg: tuple[psycopg.Connection, str], tmp_path: Path
) -> None:
    conn, url = pg
    conn.execute(
        "INSERT INTO v SELECT timestamp '2026-11-20' + i * interval '1 day', 'r' || i, i"
        " FROM generate_series(0, 9) i"
    )
    client = opened(tmp_path, "postgresql", url)
    batches = list(client.period(STREAM, "2026-11-22", "2026-11-27 00:00:00"))
    assert [list(one.frame["a"]) for one in batches] == [["r2", "r3", "r4"], ["r5", "r6"]]
    assert {one.cursor for one in batches} == {None}
    assert list(client.one(STREAM, {"a": "r3", "b": "3"})["updated"]) == ["2026-11-23 00:00:00"]
    assert len(client.one(STREAM, {"a": "r3", "b": "4"})) == 0


def test_a_table_that_vanishes_in_mid_read_is_a_sentence(
    pg: tuple[psycopg.Connection, str], tmp_path: Path
) -> None:
    conn, url = pg
    conn.execute(
        "INSERT INTO v SELECT timestamp '2026-11-20' + i * interval '1 s', 'r' || i, i"
        " FROM generate_series(0, 99) i"
    )
    reading = opened(tmp_path, "postgresql", url).rows(STREAM, None, full=False)
    next(reading)
    conn.execute("ALTER TABLE v RENAME COLUMN a TO c")
    with pytest.raises(PersonMustAct, match="no such table or column"):
        list(reading)
    with pytest.raises(PersonMustAct, match="v has no column a"):
        opened(tmp_path, "postgresql", url).check()


def test_a_statement_that_takes_too_long_is_tried_later(
    pg: tuple[psycopg.Connection, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conn, url = pg
    monkeypatch.setattr("connectors.drivers.SECONDS", 1)
    with conn.transaction():
        conn.execute("LOCK TABLE v IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(RetryLater, match="a lock or a statement took too long"):
            opened(tmp_path, "postgresql", url).check()
