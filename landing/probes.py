"""Probes of look-up systems: whether they answer, without asking about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from kernel.house import House
from landing.tables import probe


@dataclass(frozen=True)
class ProbeCounts:
    """How often a stream was probed and how often it answered."""

    system: str
    stream: str
    probes: int
    answered: int


def record(
    house: House, system: str, stream: str, run: str, milliseconds: int | None, detail: str | None
) -> None:
    """Note one probe. `milliseconds`: how long the answer took, None when none came.

    `detail`: why not, in a sentence without personal data.
    """
    with house.engine.begin() as conn:
        conn.execute(
            insert(probe).values(
                system=system,
                stream=stream,
                run=run,
                at=house.clock(),
                answered=milliseconds is not None,
                milliseconds=milliseconds,
                detail=detail,
            )
        )


@dataclass(frozen=True)
class Health:
    """A look-up's last probes: how many, how many answered, the median of their milliseconds."""

    probes: int
    answered: int
    milliseconds: int | None


def health(conn: Connection, since: datetime) -> dict[tuple[str, str], Health]:
    """The probes since a moment, by system and stream."""
    middle = func.percentile_cont(0.5).within_group(probe.c.milliseconds)
    answered = func.count().filter(probe.c.answered)
    query = select(probe.c.system, probe.c.stream, func.count(), answered, middle)
    rows = conn.execute(
        query.where(probe.c.at >= since).group_by(probe.c.system, probe.c.stream)
    ).all()
    return {
        (row[0], row[1]): Health(row[2], row[3], None if row[4] is None else round(row[4]))
        for row in rows
    }


def counts(conn: Connection, run: str | None = None) -> list[ProbeCounts]:
    """Probes a stream, of all time or of one run."""
    answered = func.count().filter(probe.c.answered)
    query = select(probe.c.system, probe.c.stream, func.count(), answered)
    if run is not None:
        query = query.where(probe.c.run == run)
    rows = conn.execute(query.group_by(probe.c.system, probe.c.stream).order_by(probe.c.system))
    return [ProbeCounts(*row) for row in rows]
