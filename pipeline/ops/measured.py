"""What the platform's promises stand at, as figures for Prometheus, read out of the tables.

Labels are codes of systems and streams, and words of closed lists: no person, case or account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select

from catalog.tables import review
from certs.events.tables import letter
from certs.tables import correction
from certs.waivers.tables import tally_sum
from kernel.house import House
from landing.tables import circuit
from ledger import watch
from ledger.tables import entry, head
from pipeline import standing, view
from pipeline.backup.slot import followed
from pipeline.ops import freshness
from pipeline.ops.tables import alarm, notice
from pipeline.ops.troubles import KINDS
from pipeline.rowcounts import RowCounts
from pipeline.rows import SystemTile
from registry.contract import System

#: What waits, and how the table says so: each is counted by what is open, never by all there was.
QUEUES: Final[Mapping[str, tuple[Table, ColumnElement[bool]]]] = {
    "judging": (review, review.c.closed_at.is_(None)),
    "corrections": (correction, correction.c.answered_at.is_(None)),
    "events": (letter, letter.c.dead_at.is_(None)),
    "notices": (notice, notice.c.next_at.is_not(None)),
}


#: By the labels' values; () where a figure has no label.
Values = Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class Measured:
    """One figure. `labels`: names of the labels and, by the labels' values, the figure."""

    name: str
    about: str
    labels: tuple[str, ...]
    values: Values


def measured(house: House, counting: RowCounts) -> tuple[Measured, ...]:
    """Every figure as it stands now. `counting`: may know the rows' counts."""
    at, systems = house.clock(), standing.applied(house)
    tiles = view.tiles(house, counting) if systems else []
    with house.engine.connect() as conn:
        return (
            *_of_streams(conn, systems, at),
            *_of_systems(tiles),
            _circuits(conn, systems),
            *_of_ledger(conn, at),
            _queues(conn),
            _alarms(conn),
            _waived(conn),
            *_backup(conn),
        )


def _of_streams(
    conn: Connection, systems: Mapping[str, System], at: datetime
) -> Iterator[Measured]:
    complete = freshness.complete(conn)
    ages: dict[tuple[str, ...], float] = {}
    allowed: dict[tuple[str, ...], float] = {}
    for code, system in systems.items():
        for one in freshness.of_system(system, complete, at):
            allowed[code, one.stream] = one.allowed * 3600.0
            if one.hours is not None:
                ages[code, one.stream] = one.hours * 3600.0
    labels = ("system", "stream")
    about = "Seconds since the stream's last complete sync began, rests left out"
    yield Measured("zhongtai_stream_age_seconds", about, labels, ages)
    about = "The longest age that the stream's contract allows, in seconds"
    yield Measured("zhongtai_stream_age_allowed_seconds", about, labels, allowed)


def _of_systems(tiles: list[SystemTile]) -> Iterator[Measured]:
    def by_system(name: str, about: str, values: Mapping[str, float]) -> Measured:
        plain: Values = {(code,): float(value) for code, value in values.items()}
        return Measured(name, about, ("system",), plain)

    stored = {one.code: one.stored for one in tiles}
    refused = {one.code: one.quarantined for one in tiles}
    share = {code: n / (n + stored[code]) for code, n in refused.items() if n + stored[code]}
    drifts = {one.code: one.drifts for one in tiles}
    held = {one.code: one.holds for one in tiles}
    paused = {one.code: float(one.paused is not None) for one in tiles}
    last = {one.code: one.rows for one in tiles}
    good = {one.code: one.last_success.timestamp() for one in tiles if one.last_success}
    yield by_system("zhongtai_rows_stored", "Live rows stored", stored)
    yield by_system("zhongtai_rows_quarantined", "Refused rows that are still open", refused)
    yield by_system("zhongtai_quarantine_share", "Refused rows among all, from 0 to 1", share)
    yield by_system("zhongtai_last_run_rows", "Rows that travelled in the last run", last)
    yield by_system("zhongtai_drift_findings", "Open findings that nobody knows of", drifts)
    yield by_system("zhongtai_holds", "Reasons why nothing new of it is sealed", held)
    yield by_system("zhongtai_system_paused", "1 while a person has paused it", paused)
    yield by_system("zhongtai_last_success_time_seconds", "When the last good sync was", good)


def _circuits(conn: Connection, systems: Mapping[str, System]) -> Measured:
    failures: dict[tuple[str, ...], float] = {(code,): 0.0 for code in systems}
    for row in conn.execute(select(circuit.c.system, circuit.c.failures)):
        if row.system in systems:
            failures[(row.system,)] = float(row.failures)
    return Measured("zhongtai_failed_runs", "Failed runs in a row", ("system",), failures)


def _of_ledger(conn: Connection, at: datetime) -> Iterator[Measured]:
    entries = conn.execute(select(func.coalesce(func.max(entry.c.seq) + 1, 0))).scalar_one()
    last = select(head.c.size, head.c.signed_at).order_by(head.c.size.desc()).limit(1)
    signed = conn.execute(last).one_or_none()
    waiting = watch.signing(conn, at).since
    waits = 0.0 if waiting is None else max((at - waiting).total_seconds(), 0.0)
    size = 0 if signed is None else signed.size
    age: Values = {} if signed is None else {(): (at - signed.signed_at).total_seconds()}
    yield Measured("zhongtai_ledger_entries", "Entries of the ledger", (), {(): float(entries)})
    about = "Entries that no signed head covers yet"
    yield Measured("zhongtai_ledger_unsigned_entries", about, (), {(): float(entries - size)})
    about = "Seconds that the first entry without a signed head has waited; 0: all have one"
    yield Measured("zhongtai_ledger_unsigned_seconds", about, (), {(): waits})
    about = "Seconds since the newest head was signed; nothing new needs no new head"
    yield Measured("zhongtai_ledger_head_age_seconds", about, (), age)


def _queues(conn: Connection) -> Measured:
    values: dict[tuple[str, ...], float] = {}
    for name, (table, waits) in QUEUES.items():
        query = select(func.count()).select_from(table).where(waits)
        values[(name,)] = float(conn.execute(query).scalar_one())
    return Measured("zhongtai_queue_length", "What waits, by queue", ("queue",), values)


def _alarms(conn: Connection) -> Measured:
    found = Counter(conn.execute(select(alarm.c.kind).where(alarm.c.ended_at.is_(None))).scalars())
    values: Values = {(kind,): float(found[kind]) for kind in KINDS}
    return Measured("zhongtai_alarms_open", "Open alarms, by kind", ("kind",), values)


def _waived(conn: Connection) -> Measured:
    c = tally_sum.c
    query = select(c.outcome, func.sum(c.n)).where(c.grain == "month", c.by == "all")
    rows = conn.execute(query.group_by(c.outcome)).all()
    values: Values = {(str(outcome),): float(n) for outcome, n in rows}
    about = "Papers of accepted cases, by what the plan said of them"
    return Measured("zhongtai_papers", about, ("outcome",), values)


def _backup(conn: Connection) -> Iterator[Measured]:
    found = followed(conn)
    active: Values = {} if found is None else {(): float(found.active)}
    behind: Values = {}
    if found is not None and found.behind is not None:
        behind = {(): float(found.behind)}
    about = "1 while the database's log is received for the backup; absent: none was ever set up"
    yield Measured("zhongtai_backup_followed", about, (), active)
    about = "Bytes of its log that the database's server keeps for the backup"
    yield Measured("zhongtai_backup_behind_bytes", about, (), behind)
