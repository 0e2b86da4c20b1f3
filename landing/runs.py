"""Runs: one sync of one system, as the ops page shows it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import insert

from kernel.house import House
from landing.land import BatchCounts
from landing.tables import batch
from landing.tables import run as runs

RUNNING, DONE, FAILED = "running", "done", "failed"
COUNTED = ("rows", "stored", "quarantined", "deleted")


def begin(house: House, system: str, run: str, full: bool) -> datetime:
    """Note that a run begins (again, when it was killed). Gives when: pass it to finish_stream."""
    now = house.clock()
    zero = dict.fromkeys(COUNTED, 0)
    values = {"full": full, "state": RUNNING, "started": now, **zero}
    order = insert(runs).values(id=run, system=system, **values)
    fresh = {name: order.excluded[name] for name in values}
    ended = dict.fromkeys(("ended", "stream", "seconds", "error", "findings"))
    with house.engine.begin() as conn:
        conn.execute(
            order.on_conflict_do_update(
                index_elements=[runs.c.id, runs.c.system], set_={**fresh, **ended}
            )
        )
    return now


def update(house: House, system: str, run: str, stream: str, counts: BatchCounts) -> None:
    """Add what a batch brought, and say which stream is being read."""
    more = {name: runs.c[name] + getattr(counts, name) for name in COUNTED}
    with house.engine.begin() as conn:
        conn.execute(
            change(runs)
            .where(runs.c.id == run, runs.c.system == system)
            .values(stream=stream, **more)
        )


def end(house: House, system: str, run: str, error: str | None = None) -> None:
    """Note that a run ended: done, or failed with one sentence that holds no personal data."""
    now = house.clock()
    with house.engine.begin() as conn:
        conn.execute(
            change(runs)
            .where(runs.c.id == run, runs.c.system == system)
            .values(
                state=DONE if error is None else FAILED,
                ended=now,
                stream=None,
                error=error,
                seconds=func.extract("epoch", now - runs.c.started),
            )
        )


def next_seq(conn: Connection, system: str, stream: str, run: str) -> int:
    """The number of a run's next batch: a run that goes on after a kill replaces no kept batch."""
    last = conn.scalar(
        select(func.max(batch.c.seq)).where(
            batch.c.system == system, batch.c.stream == stream, batch.c.run == run
        )
    )
    return 0 if last is None else int(last) + 1
