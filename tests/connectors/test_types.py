"""Every type of a source comes out as one text, the same from PostgreSQL and from MariaDB."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from city.servers.mariadb import MariaServer
from cli import postgres
from connectors import Connector, open_connector, pgcopy
from kernel.batch import Batch
from kernel.clock import system_clock
from tests.connectors.made import made_secrets, made_stream, made_system

STREAM = made_stream(path="v_rows", mode="full", cursor=None, deletes={"sign": "absence"})

#: Column, type in PostgreSQL, in MariaDB, value as SQL, the one text.
SAME = (
    ("whole", "bigint", "bigint", "-9007199254740993", "-9007199254740993"),
    ("small", "smallint", "smallint", "7", "7"),
    ("money", "numeric(20,4)", "decimal(20,4)", "12345678901234.5000", "12345678901234.5000"),
    ("half", "double precision", "double", "0.1", "0.1"),
    ("round", "double precision", "double", "3", "3"),
    ("day", "date", "date", "'2026-02-28'", "2026-02-28"),
    ("hour", "time", "time", "'08:05:00'", "08:05:00"),
    ("at", "timestamp(0)", "datetime", "'2026-02-28 08:00:01'", "2026-02-28 08:00:01"),
    ("exact", "timestamp", "datetime(6)", "'2026-02-28 08:00:01.250000'", "2026-02-28 08:00:01.25"),
    ("flat", "timestamp", "datetime(6)", "'2026-02-28 08:00:10'", "2026-02-28 08:00:10"),
    ("zoned", "timestamptz", "timestamp", "'2026-02-28 08:00:01'", "2026-02-28 08:00:01"),
    ("words", "text", "longtext", "'一,\"二\"\n三\\'", '一,"二"\n三\\'),
    ("nothing", "varchar(9)", "varchar(9)", "''", ""),
    ("blank", "varchar(9)", "varchar(9)", "' x '", " x "),
    ("gone", "varchar(9)", "varchar(9)", "NULL", None),
    ("gone_at", "timestamp", "datetime", "NULL", None),
    ("bits", "bit(10)", "bit(10)", "b'0000000101'", "0000000101"),
    ("mark", "text", "text", "'\\.'", "\\."),
)
POSTGRES = (
    ("truth", "boolean", "true", "true"),
    ("bytes", "bytea", "'\\x00ff'::bytea", "00ff"),
    ("json", "jsonb", '\'{"b": 1, "a": [true, null]}\'', '{"a": [true, null], "b": 1}'),
    ("many", "text[]", "ARRAY['a', NULL]", '["a", null]'),
    ("padded", "char(3)", "'a'", "a  "),
    ("span", "interval", "'1 day 02:00'", "1 day 02:00:00"),
)  # fmt: skip
MARIA = (
    ("truth", "boolean", "true", "1"),
    ("bytes", "varbinary(2)", "x'00ff'", "00ff"),
    ("blob_", "longblob", "x'0a'", "0a"),
    ("json", "json", "'{\"b\": 1}'", '{"b": 1}'),
    ("one", "enum('甲','乙')", "'乙'", "乙"),
    ("year", "year", "2026", "2026"),
    ("zero", "date", "'0000-00-00'", "0000-00-00"),
)


class Source:
    """A database with one table, and the connector to it."""

    def __init__(self, home: Path, dialect: str, url: str, run: Any) -> None:
        self.home, self.dialect, self.url, self.run = home, dialect, url, run

    def open(self) -> Connector:
        """The client of the stream."""
        transport = {"kind": "sql", "address": "XX_URL", "dialect": self.dialect}
        return open_connector(
            made_system(transport, STREAM), made_secrets(self.home, URL=self.url), system_clock
        )

    def make(self, columns: list[tuple[str, str, str, Any]]) -> Batch:
        """A table with one row of these columns, read."""
        self.run(f"CREATE TABLE v_rows (id int, {', '.join(f'{c} {t}' for c, t, _, _ in columns)})")
        values = ", ".join(value for _, _, value, _ in columns)
        self.run(f"INSERT INTO v_rows VALUES (1, {values})")  # noqa: S608
        (batch,) = self.open().rows(STREAM, None, full=True)
        return batch


@pytest.fixture
def pg(servers: dict[str, Any], tmp_path: Path) -> Iterator[Source]:
    """A PostgreSQL database of its own."""
    port, password, name = (
        int(servers["pg_port"]),
        str(servers["pg_password"]),
        secrets.token_hex(6),
    )
    postgres.make_database(port, password, f"s{name}")
    url = f"postgresql://zhongtai:{password}@127.0.0.1:{port}/s{name}"
    with postgres.connect(port, password, f"s{name}") as conn:
        conn.execute("SET TimeZone = 'Asia/Shanghai'")
        yield Source(tmp_path, "postgresql", url, conn.execute)


@pytest.fixture
def my(maria: MariaServer, tmp_path: Path) -> Iterator[Source]:
    """A MariaDB database of its own."""
    name = "s" + secrets.token_hex(6)
    with maria.connect(None) as conn, conn.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'test-only'")
        cursor.execute(f"GRANT SELECT ON {name}.* TO {name}@'127.0.0.1'")
        cursor.execute(f"USE {name}")
        cursor.execute("SET sql_mode = 'NO_BACKSLASH_ESCAPES'")
        conn.commit()

        def run(statement: str) -> None:
            cursor.execute(statement)
            conn.commit()

        yield Source(
            tmp_path, "mysql", f"mysql://{name}:test-only@127.0.0.1:{maria.port}/{name}", run
        )


def told(batch: Batch, columns: list[tuple[str, str, str, Any]]) -> dict[str, Any]:
    """What came for each column."""
    row = batch.frame.astype(object).where(batch.frame.notna(), None).to_dict("records")[0]
    return {name: row[name] for name, _, _, _ in columns}


def expected(columns: list[tuple[str, str, str, Any]]) -> dict[str, Any]:
    """The one text of each column."""
    return {name: text for name, _, _, text in columns}


@pytest.fixture(params=["few rows", "columns"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way in which PostgreSQL's rows come."""
    if request.param == "columns":
        monkeypatch.setattr(pgcopy, "FEW", 0)


@pytest.mark.usefixtures("ways")
def test_postgresqls_types_have_the_one_text(pg: Source) -> None:
    columns = [(name, kind, value, text) for name, kind, _, value, text in SAME] + list(POSTGRES)
    batch = pg.make(columns)
    assert told(batch, columns) == expected(columns)
    assert batch.types["money"] == "numeric(20,4)"
    assert batch.types.keys() == {"id", *(one[0] for one in columns)}


@pytest.mark.needs("mariadbd")
def test_mariadbs_types_have_the_one_text(my: Source) -> None:
    columns = [(name, kind, value, text) for name, _, kind, value, text in SAME] + list(MARIA)
    batch = my.make(columns)
    assert told(batch, columns) == expected(columns)
    assert {batch.types[one] for one in ("money", "bytes", "words", "at")} == {
        "decimal", "varbinary", "text", "datetime",
    }  # fmt: skip


@pytest.mark.needs("mariadbd")
def test_values_longer_than_a_packet_and_than_a_read_come_whole(my: Source) -> None:
    sizes = (250, 251, 65535, 65536, (1 << 24) - 10, (1 << 24) + 7)
    my.run("CREATE TABLE v_rows (id int, words longtext)")
    for i, size in enumerate(sizes):
        my.run(f"INSERT INTO v_rows VALUES ({i}, REPEAT('x', {size}))")  # noqa: S608
    (batch,) = my.open().rows(STREAM, None, full=True)
    assert tuple(batch.frame["words"].str.len()) == sizes


def test_a_value_longer_than_a_block_of_the_csv_reader_comes_whole(pg: Source) -> None:
    pg.run("CREATE TABLE v_rows (id int, words text)")
    pg.run("INSERT INTO v_rows SELECT i, repeat(E'x\n', 9000000) FROM generate_series(1, 2) i")
    (batch,) = pg.open().rows(STREAM, None, full=True)
    assert list(batch.frame["words"].str.len()) == [18_000_000] * 2


def test_a_column_with_nulls_alone_keeps_its_rows(pg: Source) -> None:
    pg.run("CREATE TABLE v_rows (id int)")
    pg.run("INSERT INTO v_rows VALUES (NULL), (1), (NULL)")
    batches = list(pg.open().rows(STREAM, None, full=True))
    assert [len(one.frame) for one in batches] == [1, 2]


@pytest.mark.usefixtures("ways")
def test_a_database_in_another_encoding_gives_the_same_text(
    servers: dict[str, Any], tmp_path: Path
) -> None:
    port, password = int(servers["pg_port"]), str(servers["pg_password"])
    name = "s" + secrets.token_hex(6)
    with postgres.connect(port, password, "postgres") as conn:
        conn.autocommit = True
        conn.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'EUC_CN' LOCALE 'C'".encode()
        )
    url = f"postgresql://zhongtai:{password}@127.0.0.1:{port}/{name}?application_name=reads"
    with postgres.connect(port, password, name) as conn:
        conn.execute("CREATE TABLE v_rows (id int, name text)")
        conn.execute("INSERT INTO v_rows VALUES (1, '章贡区')")
        conn.commit()
        source = Source(tmp_path, "postgresql", url, conn.execute)
        rows = source.open().rows(STREAM, None, full=True)
        assert list(next(rows).frame["name"]) == ["章贡区"]
        conn.commit()
        said = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'reads'"
        count = conn.execute(said).fetchone()
        assert count == (1 if pgcopy.FEW else 2,)  # what the address says is said by both
        assert list(rows) == []
