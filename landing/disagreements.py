"""What a source said of itself and did not hold: a finding until a sync is good again."""

from __future__ import annotations

from sqlalchemy import func, select, update

from kernel.errors import Disagrees
from kernel.house import House
from landing import findings
from landing.findings import Finding
from landing.place import Place
from landing.tables import finding, run
from registry.contract import System


def record(house: House, system: System, run_id: str, error: Disagrees) -> str:
    """Open the finding (or note that it is still so). Gives its name for the run's record.

    An error without a stream is about the first one.
    """
    name = str(error.facts.get("stream", next(iter(system.streams))))
    place = Place(system.code, system.streams[name], run_id, "", house.clock())
    with house.engine.begin() as conn:
        findings.record(conn, place, [Finding(error.kind, error.subject, error.message)])
    return f"{name}/{error.kind}/{error.subject}"


def close(house: House, system: str) -> int:
    """A whole sync was good: close what runs of the system found. Gives how many it closed."""
    named = select(func.unnest(run.c.findings)).where(run.c.system == system)
    name = finding.c.stream + "/" + finding.c.kind + "/" + finding.c.subject
    with house.engine.begin() as conn:
        return conn.execute(
            update(finding)
            .where(finding.c.system == system, finding.c.closed_at.is_(None), name.in_(named))
            .values(closed_at=house.clock())
        ).rowcount
