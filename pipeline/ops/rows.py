"""The rows that operations' pages show. Facts only: no value of a source's row, no person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

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


@dataclass(frozen=True)
class SystemDay:
    """What one system did on a day."""

    code: str
    name: str
    department: str
    runs: int
    done: int
    failed: int
    resting: int
    rows: int
    stored: int
    refused: int
    deleted: int
    seconds: float


@dataclass(frozen=True)
class FindingDay:
    """A finding that began on the day or was open at its end."""

    code: str
    name: str
    stream: str
    kind: str
    subject: str
    first_seen: datetime
    closed_at: datetime | None
    known_to: str | None


@dataclass(frozen=True)
class OutageDay:
    """One outage that touched the day."""

    code: str
    name: str
    outage: Outage


@dataclass(frozen=True)
class LateDay:
    """A stream that is older than its contract allows, as of the report."""

    code: str
    name: str
    fresh: Freshness


@dataclass(frozen=True)
class DailyReport:
    """A day of the city, up to `until`. `late` is told of the running day only, else None.

    `refused`: new on the day, closed on the day, open at its end.
    """

    day: date
    until: datetime
    made_at: datetime
    systems: tuple[SystemDay, ...]
    silent: tuple[tuple[str, str], ...]  # systems without a run, code and name
    refused: tuple[int, int, int]
    late: tuple[LateDay, ...] | None
    outages: tuple[OutageDay, ...]
    findings: tuple[FindingDay, ...]
    alarms: tuple[AlarmRow, ...]


@dataclass(frozen=True)
class Affected:
    """Cases opened during outages that ask for what the system gives, by item.

    `promised`: papers that were put off (容缺) in them.
    """

    cases: int
    items: tuple[tuple[str, int], ...]
    promised: int


@dataclass(frozen=True)
class Letter:
    """What a letter to the owner of a system says. The times are the city's days asked about."""

    code: str
    system: str
    level: str
    department: str
    contact: str
    since: date
    until: date
    made_at: datetime
    outages: tuple[Outage, ...]
    types: tuple[str, ...]  # licence types that it gives
    affected: Affected
    hours: float  # out of order, in all
