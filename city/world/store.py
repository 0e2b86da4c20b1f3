"""The city's own memory: one SQLite file, readers from many threads, one writer at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

from city.world.numbers import long_form, long_forms

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE record (
  system TEXT NOT NULL, stream TEXT NOT NULL, id TEXT NOT NULL, updated TEXT NOT NULL,
  deleted INTEGER NOT NULL, holder TEXT, co_holder TEXT, ref TEXT, reason TEXT,
  data TEXT NOT NULL, fault TEXT, pinned INTEGER NOT NULL,
  PRIMARY KEY (system, stream, id)
) WITHOUT ROWID;
CREATE TABLE change (
  seq INTEGER PRIMARY KEY, system TEXT NOT NULL, stream TEXT NOT NULL, op TEXT NOT NULL,
  id TEXT NOT NULL, updated TEXT NOT NULL, data TEXT NOT NULL, fault TEXT
);
"""
INDEXES = """
CREATE INDEX record_updated ON record (system, stream, updated, id);
CREATE INDEX record_holder ON record (holder) WHERE holder IS NOT NULL;
CREATE INDEX record_co_holder ON record (co_holder) WHERE co_holder IS NOT NULL;
CREATE INDEX record_co_holders ON record (instr(co_holder, ' ') > 0);
CREATE INDEX record_ref ON record (ref) WHERE ref IS NOT NULL;
CREATE INDEX change_stream ON change (system, stream, seq);
"""
COLUMNS = (
    "system, stream, id, updated, deleted, holder, co_holder, ref, reason, data, fault, pinned"
)


#: A row of a person (asked for three times), as holder or as one of its co-holders.
OF_HOLDER = (
    "(holder = ? OR co_holder = ? OR ((instr(co_holder, ' ') > 0) = 1 AND instr(co_holder, ?) > 0))"
)


@dataclass
class Record:
    """One row of one system.

    `data` is canonical (see render); `reason` says why it is bad; `pinned` rows carry the worked
    example and stay as they are.
    """

    system: str
    stream: str
    id: str
    updated: str
    data: dict[str, Any]
    deleted: bool = False
    reason: str | None = None
    fault: dict[str, str | None] | None = None
    pinned: bool = False

    def full(self) -> dict[str, Any]:
        """The canonical fields with id and updated."""
        return {**self.data, "id": self.id, "updated": self.updated}

    def cells(self) -> tuple[Any, ...]:
        """The values of COLUMNS."""
        data = self.data
        holder = data.get("holder_number") or data.get("applicant_number")
        ref = data.get("case_number") or data.get("code") or data.get("item_code")
        return (
            *(self.system, self.stream, self.id, self.updated, int(self.deleted)),
            *(long_form(holder), long_forms(data.get("co_holder_number")), ref, self.reason),
            dump(data),
            dump_fault(self),
            int(self.pinned),
        )


def dump(value: Any) -> str:
    """JSON text, short."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load(row: tuple[Any, ...]) -> Record:
    """A Record from a row of COLUMNS."""
    system, stream, key, updated, deleted, _, _, _, reason, data, fault, pinned = row
    wrong = json.loads(fault) if fault else None
    return Record(
        *(system, stream, key, updated, json.loads(data)),
        *(bool(deleted), reason, wrong, bool(pinned)),
    )


class Store:
    """Connections to the file; closing it closes them all."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._writing = threading.RLock()
        self._closed = False

    def _connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self.file, check_same_thread=False, isolation_level=None, timeout=30)
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = NORMAL")
        return conn

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own until the block ends."""
        try:
            conn = self._idle.get_nowait()
        except Empty:
            conn = self._connect()
        try:
            yield conn
        finally:
            if self._closed:
                conn.close()
            else:
                self._idle.put(conn)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; the only writer until the block ends. Commits unless it raises."""
        with self._writing, self.reading() as conn:
            conn.execute("BEGIN IMMEDIATE")
            try:
                yield conn
            except BaseException:
                conn.execute("ROLLBACK")
                raise
            conn.execute("COMMIT")

    def close(self) -> None:
        """Close the connections that nobody holds; those in use close when given back."""
        self._closed = True
        while not self._idle.empty():
            self._idle.get_nowait().close()


def put(conn: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Insert or replace records."""
    marks = ",".join("?" * 12)
    conn.executemany(
        f"INSERT OR REPLACE INTO record ({COLUMNS}) VALUES ({marks})",  # noqa: S608
        (one.cells() for one in records),
    )


def log(conn: sqlite3.Connection, changes: Iterable[tuple[str, Record]]) -> None:
    """Append (operation, record) to the city's change sequence."""
    conn.executemany(
        "INSERT INTO change (system, stream, op, id, updated, data, fault)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (one.system, one.stream, op, one.id, one.updated, dump(one.data), dump_fault(one))
            for op, one in changes
        ),
    )


def dump_fault(record: Record) -> str | None:
    """The fault as JSON text, or None."""
    return dump(record.fault) if record.fault else None


def read_meta(conn: sqlite3.Connection, name: str) -> str | None:
    """A value of the meta table."""
    row = conn.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def write_meta(conn: sqlite3.Connection, name: str, value: str) -> None:
    """Set a value of the meta table."""
    conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
