"""Runs: one sync of one system, as the ops page shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, literal, select
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import JSONB, insert

from kernel.house import House
from landing.outcomes import BatchCounts
from landing.place import Place
from landing.tables import batch
from landing.tables import run as runs

RUNNING, DONE, FAILED, RESTING = "running", "done", "failed", "resting"
COUNTED = ("rows", "stored", "quarantined", "deleted")


def begin(
    house: House,
    system: str,
    run: str,
    full: bool,
    kind: str = "sync",
    person: tuple[str | None, str | None] = (None, None),
) -> datetime:
    """Note that a run begins (again, when it was killed). Gives when: pass it to finish_stream.

    `kind`: sync, period or record. `person`: who asked for it and, for deletes accepted, why.
    What an earlier try of the same run found wrong stays named.
    """
    now = house.clock()
    zero = dict.fromkeys(COUNTED, 0)
    by, why = person
    values = {"full": full, "state": RUNNING, "started": now, **zero}
    values |= {"kind": kind, "by": by, "why": why}
    order = insert(runs).values(id=run, system=system, **values)
    fresh = {name: order.excluded[name] for name in values}
    ended = dict.fromkeys(
        ("ended", "stream", "seconds", "error", "streams", "rests_until", "request")
    )
    with house.engine.begin() as conn:
        conn.execute(
            order.on_conflict_do_update(
                index_elements=[runs.c.id, runs.c.system], set_={**fresh, **ended}
            )
        )
    return now


def add(conn: Connection, place: Place, counts: BatchCounts) -> None:
    """Add what a batch brought, and say which stream is being read; inside its transaction.

    What is pushed or mended belongs to no run that is kept here.
    """
    more = {name: runs.c[name] + getattr(counts, name) for name in COUNTED}
    conn.execute(
        change(runs)
        .where(runs.c.id == place.run, runs.c.system == place.system)
        .values(stream=place.stream.name, **more)
    )


@dataclass
class StreamRead:
    """What a run read of one stream. Seconds by stage: reading, landing, reconciling.

    `begin`, `end`: the cursors from which and to which it read, None where there is none.
    """

    begin: str | None = None
    end: str | None = None
    batches: int = 0
    rows: int = 0
    stored: int = 0
    unchanged: int = 0
    quarantined: int = 0
    deleted: int = 0
    reading: float = 0.0
    landing: float = 0.0
    reconciling: float = 0.0


def note(house: House, system: str, run: str, stream: str, read: StreamRead) -> None:
    """Note what the run read of a stream, whole or so far."""
    seconds = ("reading", "landing", "reconciling")
    facts = {k: round(v, 3) if k in seconds else v for k, v in asdict(read).items()}
    so_far = func.coalesce(runs.c.streams, literal({}, JSONB))
    with house.engine.begin() as conn:
        conn.execute(
            change(runs)
            .where(runs.c.id == run, runs.c.system == system)
            .values(streams=so_far.op("||")(literal({stream: facts}, JSONB)))
        )


def end(
    house: House,
    system: str,
    run: str,
    error: str | None = None,
    found: str | None = None,
    request: str | None = None,
) -> None:
    """Note that a run ended: done, or failed with one sentence that holds no personal data.

    `found`: the name of what it found wrong (`landing.disagreements`). `request`: the id of the
    request that failed.
    """
    values: dict[str, object] = {"state": DONE if error is None else FAILED, "error": error}
    values["request"] = request
    if found is not None:
        values["findings"] = func.array_append(runs.c.findings, found)
    _end(house, system, run, values)


def rest(house: House, system: str, run: str, why: str, until: datetime | None) -> None:
    """Note that a run ended because its system rests; what it landed before stays landed."""
    _end(house, system, run, {"state": RESTING, "error": why, "rests_until": until})


def _end(house: House, system: str, run: str, values: dict[str, object]) -> None:
    now = house.clock()
    spent = func.extract("epoch", now - runs.c.started)
    with house.engine.begin() as conn:
        conn.execute(
            change(runs)
            .where(runs.c.id == run, runs.c.system == system)
            .values(ended=now, stream=None, seconds=spent, **values)
        )


def next_seq(conn: Connection, system: str, stream: str, run: str) -> int:
    """The number of a run's next batch: a run that goes on after a kill replaces no kept batch."""
    last = conn.scalar(
        select(func.max(batch.c.seq)).where(
            batch.c.system == system, batch.c.stream == stream, batch.c.run == run
        )
    )
    return 0 if last is None else int(last) + 1
