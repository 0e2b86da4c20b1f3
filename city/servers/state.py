"""What the servers must remember over a restart: positions, counts and the pusher's address."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path


class State:
    """Names to texts in `servers.sqlite` of the city's folder. Safe to call from many threads."""

    def __init__(self, home: Path) -> None:
        self._conn = sqlite3.connect(
            home / "servers.sqlite", check_same_thread=False, isolation_level=None
        )
        self._lock = threading.Lock()
        self._conn.execute("PRAGMA journal_mode = WAL")
        self._conn.execute("PRAGMA synchronous = NORMAL")
        self._conn.execute("CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT)")

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default when there is none."""
        with self._lock:
            row = self._conn.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def put(self, values: dict[str, str]) -> None:
        """Keep values under their names, all or none."""
        with self._lock:
            self._conn.execute("BEGIN")
            self._conn.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", values.items())
            self._conn.execute("COMMIT")

    def add(self, name: str, most: int) -> int | None:
        """Add one to a count unless it has reached `most`. The new count, or None."""
        with self._lock:
            row = self._conn.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
            count = int(row[0]) + 1 if row else 1
            if count > most:
                return None
            self._conn.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, str(count)))
        return count

    def having(self, prefix: str) -> dict[str, str]:
        """Every value whose name begins with the prefix."""
        with self._lock:
            rows = self._conn.execute(
                "SELECT name, value FROM state WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)
            ).fetchall()
        return {str(name): str(value) for name, value in rows}

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._conn.close()
