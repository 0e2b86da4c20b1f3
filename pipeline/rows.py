"""The rows that pages and status show: facts only, no personal data unless a field says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

SystemState = Literal["running", "ok", "late", "failing", "resting", "paused", "never"]


@dataclass(frozen=True)
class DemoAccount:
    """An account that the sign-in page may show, password included. Only on the demo."""

    name: str
    display: str
    role: str
    password: str


@dataclass(frozen=True)
class CaseRow:
    """One case of the clerk's posts."""

    number: str
    item_name: str
    item_code: str
    state: str  # accepted | deciding | granted | refused | withdrawn …
    state_text: str  # the same in the users' words
    opened: datetime | None
    provisional: bool
    post: str


@dataclass(frozen=True)
class ItemRow:
    """One item that a search found."""

    item_code: str
    name: str
    department: str
    division: str


@dataclass(frozen=True)
class IssuerRow:
    """An outside issuer whose seals are known. What it seals on these days counts."""

    name: str
    since: date
    until: date


@dataclass(frozen=True)
class SystemTile:
    """One business system as the ops page shows it."""

    code: str
    name: str
    department: str
    level: str  # municipal | provincial | national
    transport: str  # rest | soap | sql | exchange | files | push | singer
    mode: str  # incremental | full | lookup | push
    state: str  # SystemState
    last_success: datetime | None
    rows: int
    stored: int
    quarantined: int
    findings: int
    seconds: float | None
    error: str | None
    until: datetime | None = None  # resting: until then; failing: a scheduled run tries again then
    paused: str | None = None  # by whom and why
    calls: int = 0  # of the quota's hour or day, as we count them
    quota: str | None = None  # for example "2000/day"
    drifts: int = 0  # open findings that nobody knows of yet
    holds: int = 0  # reasons why nothing new of it is sealed
    failing_since: datetime | None = None  # when the first of its failed runs in a row began


@dataclass(frozen=True)
class StreamRow:
    """One stream of a system."""

    name: str
    kind: str
    mode: str
    stored: int
    quarantined: int
    complete_at: datetime | None
    longest_age: str  # as the contract says it, for example "26h"
    probes: int = 0  # look-ups: in the last day
    answered: int = 0
    milliseconds: int | None = None  # the median of the answered ones


@dataclass(frozen=True)
class RunRow:
    """One run of a system, newest first in a page."""

    id: str
    state: str  # running | done | failed | resting
    started: datetime
    seconds: float | None
    rows: int
    stored: int
    quarantined: int
    deleted: int
    error: str | None
    kind: str = "sync"  # sync | period | record
    by: str | None = None
    why: str | None = None
    streams: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    request: str | None = None  # the id of the request that failed


@dataclass(frozen=True)
class FindingRow:
    """Something about a stream that a person should see. `lasts`: whole days since it began."""

    id: int
    stream: str
    kind: str  # new_column | missing_column | unknown_category | …
    subject: str
    detail: str
    first_seen: datetime
    last_seen: datetime
    lasts: int
    acknowledged_by: str | None
    acknowledged_why: str | None


@dataclass(frozen=True)
class HoldRow:
    """Why nothing new of a system is sealed."""

    id: int
    stream: str
    kind: str  # quarantine | rows | filled
    detail: str
    since: datetime


@dataclass(frozen=True)
class MeasureRow:
    """What one run brought of a stream. `thinnest`: the field that is least filled."""

    stream: str
    at: datetime
    rows: int
    stored: int
    quarantined: int
    deleted: int
    thinnest: str | None
    thinnest_share: float | None  # 0 to 1
    newest: datetime | None


@dataclass(frozen=True)
class ReplayCounts:
    """What became of refused rows that were judged again."""

    looked_at: int
    stored: int
    refused: int


@dataclass(frozen=True)
class SystemPage:
    """One system: streams, runs and measures (newest first), open findings and holds."""

    tile: SystemTile
    streams: tuple[StreamRow, ...]
    runs: tuple[RunRow, ...]
    findings: tuple[FindingRow, ...]
    holds: tuple[HoldRow, ...]
    measures: tuple[MeasureRow, ...]
    owner: str  # who can mend the source
    by_record: tuple[str, ...] = ()  # streams of which a single record can be read again


@dataclass(frozen=True)
class RefusedRow:
    """One row in quarantine. `raw` is for the officers of its department only."""

    id: int
    stream: str
    rule: str
    column: str | None
    reason: str
    first_seen: datetime
    batch: str
    place: int | None  # which row of the batch, from 1
    origin: str  # file, page, line, where the source has them
    raw: Mapping[str, str | None]


@dataclass(frozen=True)
class CatalogueStatus:
    """The published catalogue in numbers."""

    version: int
    canonical_items: int
    county_items: int
    unified: int
    to_review: int


@dataclass(frozen=True)
class LedgerStatus:
    """How long the ledger is and when its head was last signed."""

    entries: int
    head_at: datetime | None
