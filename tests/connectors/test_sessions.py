"""Sessions of a database: used again while something is read, and closed when nothing is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from connectors import sessions
from connectors.sessions import Session, Sessions


class Counted:
    """Sessions on a real database, and all connections that they opened."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.made: list[sqlite3.Connection] = []
        self.sessions = Sessions(self._open)

    def _open(self) -> sqlite3.Connection:
        self.made.append(sqlite3.connect(self.file, check_same_thread=False))
        return self.made[-1]

    @property
    def open(self) -> int:
        return sum(map(_answers, self.made))

    def ask(self) -> Session:
        with self.sessions.one() as session:
            session.conn.execute("SELECT 1")
        return session


def _answers(conn: sqlite3.Connection) -> bool:
    try:
        conn.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    return Counted(tmp_path / "a.db")


def test_without_a_reader_each_statement_has_its_own_and_none_stays_open(counted: Counted) -> None:
    counted.ask()
    counted.ask()
    assert (len(counted.made), counted.open) == (2, 0)


def test_a_reader_uses_one_and_the_last_reader_closes_it(counted: Counted) -> None:
    with counted.sessions.kept():
        with counted.sessions.kept():
            first = counted.ask()
        assert counted.ask() is first
    assert (len(counted.made), counted.open) == (1, 0)


def test_two_at_once_never_share_one(counted: Counted) -> None:
    with counted.sessions.kept():
        with counted.sessions.one() as outer:
            assert counted.ask() is not outer
        assert counted.open == 2
    assert counted.open == 0


def test_one_that_failed_is_closed_and_not_used_again(counted: Counted) -> None:
    with counted.sessions.kept():
        with pytest.raises(sqlite3.OperationalError), counted.sessions.one() as session:
            session.conn.execute("SELECT nothing")
        assert counted.open == 0
        assert counted.ask() is not session


def test_what_is_written_is_committed_before_it_is_given_back(counted: Counted) -> None:
    with counted.sessions.kept():
        with counted.sessions.one() as session:
            session.conn.execute("CREATE TABLE t (a)")
            session.conn.execute("INSERT INTO t VALUES (1)")
        with sqlite3.connect(counted.file) as other:
            assert other.execute("SELECT count(*) FROM t").fetchone() == (1,)
        other.close()


def test_one_that_was_long_unused_is_closed_and_not_trusted(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted.sessions.kept():
        first = counted.ask()
        monkeypatch.setattr(sessions, "IDLE", 0.0)
        assert counted.ask() is not first
        assert (len(counted.made), counted.open) == (2, 1)
