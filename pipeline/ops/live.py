"""Which runs go on now, for the pages that watch them."""

from __future__ import annotations

from sqlalchemy import select

from kernel.house import House
from landing.runs import RUNNING
from landing.tables import run as runs
from pipeline.ops.rows import Progress
from pipeline.standing import applied


def progress(house: House, code: str | None = None) -> list[Progress]:
    """The runs of one system or of all that go on, by system and start. One look into an index."""
    c = runs.c
    query = select(runs).where(c.state == RUNNING).order_by(c.system, c.started, c.id)
    if code is not None:
        query = query.where(c.system == code)
    with house.engine.connect() as conn:
        found = conn.execute(query).all()
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
