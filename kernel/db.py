"""The database: PostgreSQL through SQLAlchemy Core; bulk rows by COPY."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from kernel.profile import PROFILES, Profile, ProfileName
from kernel.reads import Read, read

RESTED_SECONDS = 1


def is_one_of(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """A condition for a statement that is built once: the column is one of the texts that are
    given as `name`."""
    return column == any_(bindparam(name, type_=ARRAY(Text)))


def make_engine(url: str, password: str, profile: ProfileName = "standard") -> Engine:
    """An engine; connecting happens at first use. `profile`: of the hashes kept there.

    Who reads often reads in `begin()`: the driver forgets what it has prepared at each ROLLBACK,
    which is how `connect()` ends.
    """
    engine = create_engine(
        make_url(url).set(password=password),
        pool_use_lifo=True,  # the connection used last has its statements prepared
        execution_options={"profile": profile},
        hide_parameters=True,  # error texts must not repeat values
        connect_args={"connect_timeout": 5},
    )
    _ask_the_rested(engine)
    return engine


def _ask_the_rested(engine: Engine) -> None:
    """Ask a connection that has rested whether it lives, before it is used; one that was used just
    now needs no round trip for that."""

    def used(raw: Any, record: ConnectionPoolEntry) -> None:
        if raw is not None:
            record.info["used"] = time.monotonic()

    def alive(raw: Any, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        last = record.info.get("used")
        if last is None or time.monotonic() - last < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(raw)
        except psycopg.Error as error:
            raise DisconnectionError("the connection is gone: the pool takes another") from error

    event.listen(engine, "checkin", used)
    event.listen(engine, "checkout", alive)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """For one small read: no transaction, hence no round trips to begin and end it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        yield conn


def profile_of_connection(conn: Connection) -> Profile:
    """The profile of the installation whose database this is."""
    return PROFILES[conn.get_execution_options().get("profile", "standard")]


def copy_rows(
    conn: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY rows into `schema.table` inside the connection's transaction."""
    raw: Any = conn.connection.driver_connection
    names = ", ".join(f'"{c}"' for c in columns)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def lock_number(name: str) -> int:
    """The number of the advisory lock of that name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


LOCK = text("SELECT pg_advisory_xact_lock(:n)")


def lock(conn: Connection, name: str) -> None:
    """Hold an advisory lock of that name until the transaction ends."""
    read(conn, lock_read(name))


def lock_read(name: str) -> Read[None]:
    """The same, before what else goes with it in one round trip."""
    return Read(LOCK, {"n": lock_number(name)}, lambda _: None)


@contextmanager
def session_lock(engine: Engine, name: str) -> Iterator[None]:
    """Hold that lock over several transactions of others; it ends with the process, too."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("SELECT pg_advisory_lock(:n)"), {"n": lock_number(name)})
        try:
            yield
        finally:
            conn.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": lock_number(name)})


@contextmanager
def try_session_lock(engine: Engine, name: str) -> Iterator[bool]:
    """The same where nobody holds it: True; else False at once, and nothing is held."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        number = {"n": lock_number(name)}
        mine = bool(conn.execute(text("SELECT pg_try_advisory_lock(:n)"), number).scalar_one())
        try:
            yield mine
        finally:
            if mine:
                conn.execute(text("SELECT pg_advisory_unlock(:n)"), number)
