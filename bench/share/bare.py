"""The bare SQL of a plan: the reads that it makes, each once, and one durable insert.

The statements are written down while one plan is made in this process, then sent again by psycopg
alone over one connection: no portal, no rules, no Merkle tree. The ledger's own reads are left
out: the insert stands for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from kernel.house import House

Statement = tuple[str, Any]
LEDGER = ("ledger.entry", "ledger.node", "ledger.head", "pg_advisory")


@contextmanager
def written_down() -> Iterator[list[Statement]]:
    """The reads that this process sends meanwhile, each once, in their order.

    The driver's own call is watched: some reads go by it together, not through an engine.
    """
    reads: list[Statement] = []
    seen: set[str] = set()
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, params: Any = None, **more: Any) -> Any:
        words = str(query).lstrip().upper()
        mine = any(name in str(query) for name in LEDGER)
        if words.startswith(("SELECT", "WITH")) and not mine:
            name = str(query) + repr(params)
            if name not in seen:
                seen.add(name)
                reads.append((str(query), params))
        return execute(cursor, query, params, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", noted)
        yield reads


class Bare:
    """One connection that replays reads and writes one row."""

    def __init__(self, house: House, reads: list[Statement]) -> None:
        url = make_url(house.settings.database_url)
        self.reads = reads
        self.conn = psycopg.connect(
            host=url.host, port=url.port, user=url.username, dbname=url.database,
            password=house.secrets.get("DATABASE_PASSWORD"),
        )  # fmt: skip
        self.conn.execute("CREATE TABLE IF NOT EXISTS bench_entry (seq bigserial, body text)")
        self.conn.commit()

    def once(self) -> float:
        """Seconds of one replay, its commit included."""
        began = time.perf_counter()
        with self.conn.cursor() as cursor:
            for statement, parameters in self.reads:
                cursor.execute(statement, parameters).fetchall()
            cursor.execute("INSERT INTO bench_entry (body) VALUES (%s)", ("x" * 500,))
        self.conn.commit()
        return time.perf_counter() - began

    def pages(self) -> int:
        """Pages of tables and indexes that the reads touch, cached or not: a figure that neither
        other work nor a slow disk changes. By the plans that a prepared statement comes to."""
        with self.conn.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")
            found = [_touched(cursor, *one) for one in self.reads]
            cursor.execute("RESET plan_cache_mode")
        self.conn.commit()
        return sum(found)

    def close(self) -> None:
        """End the connection."""
        self.conn.close()


def _touched(cursor: psycopg.Cursor[Any], statement: str, parameters: Any) -> int:
    explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    cursor.execute(explained.encode(), parameters, prepare=True)
    row = cursor.fetchone()
    if row is None:
        raise ValueError("a statement was not explained")
    plan = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def at(seconds: list[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
