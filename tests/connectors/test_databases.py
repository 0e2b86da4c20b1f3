"""Views by keyset and change tables by number, on a real PostgreSQL."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli import postgres
from connectors import Connector, open_connector
from connectors.frames import BATCH
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import Disagrees, NotAuthorised, PersonMustAct, RetryLater
from registry.contract import Stream
from tests.connectors.made import ids, made_secrets, made_stream, made_system

VIEW = made_stream(path="v_rows", deletes={"sign": "reconcile"})
CHANGES = made_stream(
    path="up_rows",
    mode="change",
    cursor="batch",
    deletes={"sign": "flag", "column": "op", "value": "D"},
    acknowledge={"column": "state", "value": "1"},
)


class Source:
    """A database with one table, and the connector to it."""

    def __init__(self, servers: dict[str, Any], home: Path) -> None:
        self.port, self.password = int(servers["pg_port"]), str(servers["pg_password"])
        self.name, self.home = "s" + random.token_hex(6), home
        postgres.make_database(self.port, self.password, self.name)
        self.conn = postgres.connect(self.port, self.password, self.name)

    def url(self, **changed: str) -> str:
        """The address, with parts changed."""
        part = {"user": "zhongtai", "password": self.password, "port": str(self.port), **changed}
        return (
            f"postgresql://{part['user']}:{part['password']}@127.0.0.1:{part['port']}/{self.name}"
        )

    def open(self, stream: Stream, url: str = "", dialect: str = "postgresql") -> Connector:
        """The client of the stream."""
        kind = "exchange" if stream.mode == "change" else "sql"
        transport = {"kind": kind, "address": "XX_URL", "dialect": dialect}
        secrets = made_secrets(self.home, URL=url or self.url())
        return open_connector(made_system(transport, stream), secrets, system_clock)

    def read(self, stream: Stream, cursor: str | None = None) -> list[Batch]:
        """Every batch from the cursor on."""
        return list(self.open(stream).rows(stream, cursor, full=False))


@pytest.fixture
def source(servers: dict[str, Any], tmp_path: Path) -> Iterator[Source]:
    """A database of its own."""
    made = Source(servers, tmp_path)
    yield made
    made.conn.close()


def make_view(conn: psycopg.Connection, count: int, a_second: int) -> None:
    """A view of `count` rows, `a_second` of them in each second."""
    conn.execute("CREATE TABLE t (id text PRIMARY KEY, number text, updated timestamp(0))")
    conn.execute("CREATE VIEW v_rows AS SELECT * FROM t")
    conn.execute(
        "INSERT INTO t SELECT 'r' || lpad(i::text, 6, '0'), 'n' || i,"
        " timestamp '2026-11-20' + (i / %s::int) * interval '1 second'"
        " FROM generate_series(0, %s - 1) i",
        (a_second, count),
    )


@pytest.mark.parametrize("a_second", [3, 7000])
def test_a_view_is_read_whole_in_steps_whatever_share_a_second(
    source: Source, a_second: int
) -> None:
    make_view(source.conn, 2 * BATCH.rows + 1, a_second)
    batches = source.read(VIEW)
    assert [len(batch.frame) for batch in batches] == [BATCH.rows, BATCH.rows, 1]
    assert len(set(ids(batches))) == 2 * BATCH.rows + 1
    assert batches[0].frame["updated"][0] == "2026-11-20 00:00:00"


def test_a_read_cut_between_batches_goes_on_without_a_loss(source: Source) -> None:
    make_view(source.conn, BATCH.rows + 500, 7000)
    first = next(iter(source.open(VIEW).rows(VIEW, None, full=False)))
    rest = source.read(VIEW, first.cursor)
    assert len({*ids([first]), *ids(rest)}) == BATCH.rows + 500


def test_a_row_changed_in_the_cursors_own_second_is_read(source: Source) -> None:
    make_view(source.conn, 10, 10)
    cursor = source.read(VIEW)[-1].cursor
    source.conn.execute("INSERT INTO t VALUES ('a', 'late', '2026-11-20 00:00:00')")
    assert "a" in ids(source.read(VIEW, cursor))


def test_a_row_without_a_time_is_read_each_time(source: Source) -> None:
    make_view(source.conn, 10, 1)
    source.conn.execute("INSERT INTO t VALUES ('z', 'timeless', NULL)")
    batches = source.read(VIEW)
    assert "z" in ids(batches)
    assert batches[-1].cursor == '{"since": "2026-11-20 00:00:09"}'
    assert ids(source.read(VIEW, batches[-1].cursor)) == ["r000009", "z"]


def test_keys_are_all_there_is(source: Source) -> None:
    make_view(source.conn, BATCH.rows + 5, 3)
    frames = list(source.open(VIEW).keys(VIEW))
    assert [list(frame.columns) for frame in frames] == [["id"], ["id"]]
    assert sum(len(set(frame["id"])) for frame in frames) == BATCH.rows + 5


def test_an_empty_view_gives_no_batch(source: Source) -> None:
    make_view(source.conn, 0, 1)
    assert source.read(VIEW) == []


def test_faults_of_a_database_say_what_to_do(source: Source) -> None:
    make_view(source.conn, 1, 1)
    source.conn.execute("DROP ROLE IF EXISTS nobody_here")
    gone = made_stream(path="v_gone")
    for client, error in (
        (source.open(VIEW, source.url(password="wr0ng")), NotAuthorised),
        (source.open(VIEW, source.url(port="1")), RetryLater),
        (source.open(gone), PersonMustAct),
    ):
        with pytest.raises(error) as raised:
            client.check()
        said = f"{raised.value} {raised.value.__cause__}"
        assert "xx_test" in said
        assert "wr0ng" not in said
        assert "127.0.0.1" not in said
    with pytest.raises(PersonMustAct, match="dialect"):
        source.open(VIEW, dialect="mysql")


def make_changes(conn: psycopg.Connection, *changes: tuple[str, int, str]) -> None:
    """A change table with (id, batch, operation) rows, not acknowledged."""
    conn.execute(
        "CREATE TABLE IF NOT EXISTS up_rows"
        " (id text, number text, op text, batch bigint PRIMARY KEY, state text)"
    )
    for key, batch, operation in changes:
        conn.execute(
            "INSERT INTO up_rows VALUES (%s, %s, %s, %s, '0')",
            (key, f"n{batch}", operation, batch),
        )


def states(source: Source) -> str:
    """The state of every change, in the order of their numbers."""
    found = source.conn.execute("SELECT state FROM up_rows ORDER BY batch").fetchall()
    return "".join(state for (state,) in found)


def test_changes_come_in_order_and_are_acknowledged_when_landed(source: Source) -> None:
    make_changes(source.conn, ("a", 1, "I"), ("b", 2, "I"), ("a", 3, "U"), ("b", 9, "D"))
    batches = source.read(CHANGES)
    assert [list(batch.frame["number"]) for batch in batches] == [["n1", "n2", "n3", "n9"]]
    assert states(source) == "0000"
    client = source.open(CHANGES)
    client.acknowledge(CHANGES, batches[0].acknowledge)
    assert states(source) == "1111"
    assert source.read(CHANGES, batches[0].cursor) == []
    assert list(next(iter(client.keys(CHANGES)))["id"]) == ["a"]


def test_a_change_that_appears_behind_the_cursor_is_read_unless_overtaken(source: Source) -> None:
    make_changes(source.conn, ("a", 1, "I"), ("b", 9, "I"))
    batches = source.read(CHANGES)
    client = source.open(CHANGES)
    client.acknowledge(CHANGES, batches[-1].acknowledge)
    make_changes(source.conn, ("c", 4, "I"), ("b", 5, "I"), ("b", 12, "U"))
    late = source.read(CHANGES, batches[-1].cursor)
    assert [(list(one.frame["number"]), one.cursor is None) for one in late] == [
        (["n4"], True),
        (["n12"], False),
    ]
    for batch in late:
        client.acknowledge(CHANGES, batch.acknowledge)
    assert states(source) == "11111"


def test_a_run_that_ended_before_acknowledging_is_made_good(source: Source) -> None:
    make_changes(source.conn, ("a", 1, "I"), ("a", 2, "U"))
    cursor = source.read(CHANGES)[-1].cursor
    again = source.read(CHANGES, cursor)
    assert [list(one.frame["number"]) for one in again] == [["n2"]]


def test_a_change_without_a_key_or_a_number_is_never_passed_over(source: Source) -> None:
    source.conn.execute(
        "CREATE TABLE up_rows (id text, number text, op text, batch bigint, state text)"
    )
    rows = [("a", "n1", 1), (None, "n2", 2), ("b", "n3", 3), (None, "n4", 4)]
    for key, number, batch in rows:
        source.conn.execute(
            "INSERT INTO up_rows VALUES (%s, %s, 'I', %s, '0')", (key, number, batch)
        )
    batches = source.read(CHANGES)
    assert [(list(one.frame["number"]), one.acknowledge) for one in batches] == [
        (["n1", "n3"], ("1", "3")),
        (["n2", "n4"], ("2", "4")),
    ]
    client = source.open(CHANGES)
    for one in batches:
        client.acknowledge(CHANGES, one.acknowledge)
    cursor = batches[0].cursor
    assert source.read(CHANGES, cursor) == []
    source.conn.execute("INSERT INTO up_rows VALUES ('c', 'n5', 'I', NULL, '0')")
    source.conn.execute("INSERT INTO up_rows VALUES ('d', 'n6', 'I', 6, '0')")
    reading = iter(client.rows(CHANGES, cursor, full=False))
    assert ids([next(reading)]) == ["d"]
    with pytest.raises(Disagrees, match="1 changes of up_rows have no batch") as raised:
        next(reading)
    assert raised.value.kind == "change_without_number"


def test_a_number_that_changes_share_is_acknowledged_when_all_of_it_was_given(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BATCH, "rows", 2)
    source.conn.execute(
        "CREATE TABLE up_rows (id text, number text, op text, batch int, state text)"
    )
    for key, batch in (("a", 1), ("b", 7), ("c", 7), ("d", 7), ("e", 8)):
        source.conn.execute("INSERT INTO up_rows VALUES (%s, 'n', 'I', %s, '0')", (key, batch))
    batches = source.read(CHANGES)
    assert [(ids([one]), one.acknowledge, one.cursor) for one in batches] == [
        (["a", "b"], ("1",), '{"batch": "1"}'),
        (["c", "d"], ("7",), '{"batch": "7"}'),
        (["e"], ("8",), '{"batch": "8"}'),
    ]
