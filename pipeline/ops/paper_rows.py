"""The rows of what is printed: the report of a day, the letter to an owner. Facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipeline.ops.outages import Outage
from pipeline.ops.rows import AlarmRow, Freshness


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
