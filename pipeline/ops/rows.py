"""The rows that operations' pages show. Facts only: no value of a source's row, no person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.ops.outages import Outage
from pipeline.rows import SystemPage, SystemTile
from pipeline.standing import ConnectionRow


@dataclass(frozen=True)
class Board:
    """`running`: systems that are or were read. `coming`: those before their first sync.

    A system stands in one of the two.
    """

    running: tuple[SystemTile, ...]
    coming: tuple[ConnectionRow, ...]


@dataclass(frozen=True)
class Freshness:
    """A stream against its contract. `hours`: since its last complete sync, rests left out; None:
    never complete. `allowed`: hours."""

    stream: str
    complete_at: datetime | None
    hours: float | None
    allowed: int
    late: bool


@dataclass(frozen=True)
class RefusedLine:
    """One refused row without its values: which, where, and why."""

    id: int
    stream: str
    rule: str
    column: str | None
    reason: str
    first_seen: datetime
    last_seen: datetime
    batch: str
    place: int | None  # which row of the batch, from 1
    origin: str  # file, page, line, where the source has them


@dataclass(frozen=True)
class RefusedPage:
    """Refused rows, the newest first. `before`: the number to go on from; None: that was all."""

    rows: tuple[RefusedLine, ...]
    causes: tuple[tuple[str, str | None, str, int], ...]  # stream, column, rule, how many
    before: int | None


@dataclass(frozen=True)
class Watched:
    """One system as operations see it. `airflow`: the address of its DAG; empty without Airflow.

    `periods`: whether a period of it can be read again.
    """

    page: SystemPage
    fresh: tuple[Freshness, ...]
    refused: RefusedPage
    outages: tuple[Outage, ...]
    connection: ConnectionRow | None
    airflow: str
    periods: bool


@dataclass(frozen=True)
class Progress:
    """One run that goes on now."""

    system: str
    name: str
    run: str
    stream: str | None
    started: datetime
    rows: int
    stored: int
    quarantined: int
    deleted: int


@dataclass(frozen=True)
class Told:
    """What was told of an alarm over one channel. `reason`: why the last try failed, a code."""

    channel: str
    what: str  # began | ended
    sent_at: datetime | None
    next_at: datetime | None
    tries: int
    reason: str | None


@dataclass(frozen=True)
class AlarmRow:
    """One alarm with what was told of it. `name`: the system's, where it is about one."""

    id: int
    kind: str
    subject: str
    name: str
    detail: str
    began_at: datetime
    raised_at: datetime
    ended_at: datetime | None
    ended_how: str | None
    told: tuple[Told, ...]


@dataclass(frozen=True)
class AlarmPage:
    """Alarms, open ones first. `before`: the number to go on from. `channels`: name to kind.

    `problem`: why alerts.yml cannot be used; empty when it can.
    """

    open: tuple[AlarmRow, ...]
    ended: tuple[AlarmRow, ...]
    before: int | None
    channels: Mapping[str, str]
    problem: str
