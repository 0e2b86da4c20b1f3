"""Which runs go on now, for the pages that watch them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from kernel.house import House
from landing.runs import RUNNING
from landing.tables import run as runs
from pipeline.ops.rows import Progress
from pipeline.standing import applied

#: So long is the run of one system told after its end: no run is too short to be seen by a page
#: that looks every second.
LINGERS: Final = timedelta(seconds=5)


def progress(house: House, code: str | None = None) -> list[Progress]:
    """The runs of one system or of all that go on, by system and start. One look into an index."""
    c = runs.c
    query = select(runs).where(c.state == RUNNING).order_by(c.system, c.started, c.id)
    if code is not None:
        query = query.where(c.system == code)
    with house.engine.connect() as conn:
        found = list(conn.execute(query))
        if code is not None and not found:
            last = (
                select(runs).where(c.system == code).order_by(c.started.desc()).limit(1).subquery()
            )
            found += conn.execute(select(last).where(last.c.ended > house.clock() - LINGERS))
    names = {code: one.name for code, one in applied(house).items()} if found else {}
    return [
        Progress(
            system=row.system,
            name=names.get(row.system, row.system),
            run=row.id,
            stream=row.stream,
            started=row.started,
            rows=row.rows,
            stored=row.stored,
            quarantined=row.quarantined,
            deleted=row.deleted,
        )
        for row in found
    ]
