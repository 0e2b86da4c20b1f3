"""What the pages and `zhongtai status` show of the systems, read in a few queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from catalog.versions import read as catalog_read
from kernel.errors import BadInput
from kernel.house import House
from landing import calls, circuits, holds, pauses, probes
from landing.read import StreamCounts
from landing.tables import cursor, finding
from landing.tables import run as run_table
from ledger.tables import entry, head
from pipeline import trust_view
from pipeline.mending import owner_of
from pipeline.ops.outages import last_runs
from pipeline.resting import shown
from pipeline.rowcounts import RowCounts
from pipeline.rows import (
    CatalogueStatus,
    LedgerStatus,
    RunRow,
    StreamRow,
    SystemPage,
    SystemTile,
)
from pipeline.states import state_of, until_of
from registry.applied import read as read_registry
from registry.contract import System

RUNS_SHOWN = 30
PROBED = timedelta(days=1)


def tiles(house: House, counting: RowCounts | None = None) -> list[SystemTile]:
    """Every applied system, in the order of its code. `counting`: may know the counts."""
    systems = read_registry(house.settings.home)
    with house.engine.begin() as conn:
        counts = (counting or RowCounts()).counts(conn)
        facts = facts_of(conn, systems, house.clock(), counts)
    return [_tile(system, facts, house.clock()) for system in systems.values()]


def states(house: House) -> list[SystemTile]:
    """The same without any row counted: state, error and times are right, counts are 0."""
    systems = read_registry(house.settings.home)
    with house.engine.begin() as conn:
        facts = facts_of(conn, systems, house.clock(), [])
    return [_tile(system, facts, house.clock()) for system in systems.values()]


def page(house: House, code: str, counting: RowCounts | None = None) -> SystemPage:
    """One system with its streams, runs and findings. Raises BadInput when unknown."""
    systems = read_registry(house.settings.home)
    if code not in systems:
        raise BadInput(f"no system {code}: `zhongtai systems list` shows the codes")
    system = systems[code]
    with house.engine.begin() as conn:
        counts = (counting or RowCounts()).counts(conn)
        facts = facts_of(conn, {code: system}, house.clock(), counts)
        runs = conn.execute(
            select(run_table)
            .where(run_table.c.system == code)
            .order_by(run_table.c.started.desc())
            .limit(RUNS_SHOWN)
        ).all()
        trusted = trust_view.trusted(conn, code, house.clock())
    return SystemPage(
        tile=_tile(system, facts, house.clock()),
        streams=tuple(_stream(system, name, facts) for name in system.streams),
        runs=tuple(_run(row) for row in runs),
        findings=trusted.findings,
        holds=trusted.holds,
        measures=trusted.measures,
        owner=owner_of(system),
        by_record=system.by_record,
    )


def catalogue(house: House) -> CatalogueStatus:
    """The published catalogue in numbers."""
    with house.engine.begin() as conn:
        found = catalog_read.counts(conn)
    return CatalogueStatus(
        version=found.version,
        canonical_items=found.canonical_items,
        county_items=found.county_items,
        unified=found.unified,
        to_review=found.to_review,
    )


def ledger_status(house: House) -> LedgerStatus:
    """The ledger in numbers."""
    with house.engine.begin() as conn:
        entries = conn.execute(select(func.count()).select_from(entry)).scalar_one()
        signed = conn.execute(select(func.max(head.c.signed_at))).scalar()
    return LedgerStatus(entries, signed)


def status(house: House) -> dict[str, Any]:
    """The JSON of `zhongtai status --json`."""
    return {
        "at": house.clock().isoformat(),
        "systems": [_plain(asdict(tile)) for tile in tiles(house)],
        "catalogue": asdict(catalogue(house)),
        "ledger": _plain(asdict(ledger_status(house))),
        "city": house.settings.city_url or None,
    }


def status_lines(facts: dict[str, Any]) -> list[str]:
    """The same for a person at a terminal."""
    lines = [
        f"{one['state']:<8} {one['code']:<18} {one['stored']:>9,} stored "
        f"{one['quarantined']:>5,} quarantined  {one['last_success'] or 'never':<26} {one['name']}"
        f"{_beside(one)}"
        for one in facts["systems"]
    ]
    counts = facts["catalogue"]
    lines.append(
        f"catalogue version {counts['version']}: {counts['unified']:,} of "
        f"{counts['county_items']:,} county items unified, {counts['to_review']:,} to review; "
        f"ledger {facts['ledger']['entries']:,} entries"
    )
    return lines


def _beside(one: dict[str, Any]) -> str:
    """What else is to be said of a system that does not simply run."""
    if one["paused"]:
        return f" (paused by {one['paused']})"
    if one["until"] and one["state"] == "failing":
        return f" (tried again after {shown(datetime.fromisoformat(one['until']))})"
    if one["until"]:
        return f" (until {shown(datetime.fromisoformat(one['until']))})"
    return ""


def facts_of(
    conn: Connection, systems: Mapping[str, System], now: datetime, counts: Sequence[StreamCounts]
) -> dict[str, Any]:
    """Everything the tiles need, by system."""
    last = last_runs(conn, systems)
    unknown = func.count().filter(finding.c.acknowledged_at.is_(None)).label("unknown")
    open_findings = select(finding.c.system, func.count().label("number"), unknown).where(
        finding.c.closed_at.is_(None)
    )
    found = conn.execute(open_findings.group_by(finding.c.system)).all()
    return {
        "newest": {code: one.newest for code, one in last.items()},
        "success": {code: one.success for code, one in last.items()},
        "failing": {code: one.failing for code, one in last.items()},
        "counts": {(c.system, c.stream): c for c in counts},
        "circuits": circuits.read_all(conn),
        "pauses": pauses.read_all(conn),
        "health": probes.health(conn, now - PROBED),
        "calls": {code: calls.used(conn, one, now) for code, one in systems.items() if one.quota},
        "complete": {(row.system, row.stream): row.complete_at for row in _cursors(conn)},
        "findings": {row.system: row.number for row in found},
        "drifts": {row.system: row.unknown for row in found},
        "holds": Counter(one.system for one in holds.open_holds(conn)),
    }


def _cursors(conn: Connection) -> Sequence[Any]:
    return conn.execute(select(cursor)).all()


def _tile(system: System, facts: dict[str, Any], now: datetime) -> SystemTile:
    run = facts["newest"].get(system.code)
    counts = [facts["counts"].get((system.code, name)) for name in system.streams]
    known = [one for one in counts if one is not None]
    pause, quota = facts["pauses"].get(system.code), system.quota
    return SystemTile(
        code=system.code,
        name=system.name,
        department=system.department,
        level=system.level,
        transport=system.transport.kind,
        mode=next(iter(system.streams.values())).mode,
        state=state_of(system, facts, now),
        last_success=facts["success"].get(system.code),
        rows=int(run.rows) if run is not None else 0,
        stored=sum(one.stored for one in known),
        quarantined=sum(one.quarantined for one in known),
        findings=facts["findings"].get(system.code, 0),
        seconds=float(run.seconds) if run is not None and run.seconds is not None else None,
        error=_error(system, facts),
        until=until_of(system, facts, now),
        paused=f"{pause.by}: {pause.why}" if pause is not None else None,
        calls=facts["calls"].get(system.code, 0),
        quota=f"{quota.calls}/{quota.per}" if quota is not None else None,
        drifts=facts["drifts"].get(system.code, 0),
        holds=facts["holds"][system.code],
        failing_since=facts["failing"].get(system.code),
    )


def _error(system: System, facts: dict[str, Any]) -> str | None:
    """The last run's sentence where it is about a fault: a rest is none."""
    run = facts["newest"].get(system.code)
    failing = run is not None and (run.state == "failed" or system.code in facts["circuits"])
    return run.error if failing else None


def _stream(system: System, name: str, facts: dict[str, Any]) -> StreamRow:
    stream = system.streams[name]
    mine = facts["counts"].get((system.code, name))
    health = facts["health"].get((system.code, name))
    return StreamRow(
        name=name,
        kind=stream.kind,
        mode=stream.mode,
        stored=mine.stored if mine else 0,
        quarantined=mine.quarantined if mine else 0,
        complete_at=facts["complete"].get((system.code, name)),
        longest_age=stream.longest_age,
        probes=health.probes if health else 0,
        answered=health.answered if health else 0,
        milliseconds=health.milliseconds if health else None,
    )


def _run(row: Any) -> RunRow:
    return RunRow(
        id=row.id,
        state=row.state,
        started=row.started,
        seconds=float(row.seconds) if row.seconds is not None else None,
        rows=row.rows,
        stored=row.stored,
        quarantined=row.quarantined,
        deleted=row.deleted,
        error=row.error,
        kind=row.kind,
        by=row.by,
        why=row.why,
        streams=row.streams or {},
        request=row.request,
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }
