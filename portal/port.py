"""What the pages ask of the platform: one protocol, and the rows it answers with.

The portal knows nothing else of the rooms below. `pipeline` gives the real one; the tests give
a fake. Every method may raise the errors of `kernel.errors`; their texts hold no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from certs.waive import Plan, PlanLine
from registry.accounts import Account, Post

__all__ = [
    "Account",
    "CaseRow",
    "CatalogueStatus",
    "Copy",
    "DemoAccount",
    "FindingRow",
    "ItemRow",
    "LedgerStatus",
    "Plan",
    "PlanLine",
    "PlatformPort",
    "Post",
    "RefusedRow",
    "RunRow",
    "StreamRow",
    "SystemPage",
    "SystemTile",
]


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


class Copy(Protocol):
    """An annotated copy: a signed PDF with the purpose on its face."""

    @property
    def name(self) -> str:
        """For a download; no personal data."""

    @property
    def pdf(self) -> bytes:
        """The file."""

    @property
    def id(self) -> str:
        """What its QR code leads to: /verify/{id}."""


@dataclass(frozen=True)
class SystemTile:
    """One business system as the ops page shows it."""

    code: str
    name: str
    department: str
    level: str  # municipal | provincial | national
    transport: str  # rest | soap | sql | exchange | files | push
    mode: str  # incremental | full | lookup | push
    state: str  # running | ok | late | failing | resting | never
    last_success: datetime | None
    rows: int
    stored: int
    quarantined: int
    findings: int
    seconds: float | None
    error: str | None


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


@dataclass(frozen=True)
class RunRow:
    """One run of a system, newest first in a page."""

    id: str
    state: str  # running | done | failed
    started: datetime
    seconds: float | None
    rows: int
    stored: int
    quarantined: int
    deleted: int
    error: str | None


@dataclass(frozen=True)
class FindingRow:
    """Something about a stream that a person should see."""

    stream: str
    kind: str  # new_column | missing_column | unknown_category | …
    subject: str
    detail: str
    first_seen: datetime


@dataclass(frozen=True)
class SystemPage:
    """One system with its streams, runs (newest first) and open findings."""

    tile: SystemTile
    streams: tuple[StreamRow, ...]
    runs: tuple[RunRow, ...]
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True)
class RefusedRow:
    """One row in quarantine. `raw` is for the officers of its department only."""

    id: int
    stream: str
    rule: str
    column: str | None
    reason: str
    first_seen: datetime
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


class PlatformPort(Protocol):
    """Everything the pages and the API ask. Calls may block; they run in worker threads."""

    def demo_accounts(self) -> list[DemoAccount]:
        """The accounts to show on the sign-in page; empty unless this is the demo."""

    def sign_in(self, name: str, password: str) -> Account | None:
        """The account, or None when name and password do not belong together."""

    def account(self, name: str) -> Account | None:
        """The account as it is now, or None when it is gone or disabled."""

    def my_cases(self, account: Account) -> list[CaseRow]:
        """The cases of the account's posts, newest first."""

    def search_items(self, account: Account, text: str) -> list[ItemRow]:
        """Items that the account's posts handle, best match first."""

    def open_case(
        self,
        account: Account,
        item_code: str,
        applicant_kind: str,
        applicant_number: str,
        applicant_name: str,
    ) -> str:
        """Open a case at the one-window; its provisional number."""

    def plan(self, account: Account, case_number: str) -> Plan:
        """The waiver plan. In the ledger before it returns. Raises Refused."""

    def fetch(self, account: Account, case_number: str, material_id: str, purpose: str) -> Copy:
        """The annotated copy. In the ledger before it returns. Raises Refused, RetryLater."""

    def verify(self, data: bytes) -> dict[str, Any]:
        """What an uploaded file is, and whether it is as we sealed it.

        Keys: genuine (bool), expired (bool), problem (a sentence), and what is known of name,
        licence_type, standing, issuer, source, item, department, made_at, sealed_at, expires_at
        (datetime or ISO text). What is missing is not shown.
        """

    def verify_copy(self, copy_id: str) -> dict[str, Any]:
        """The same for the copy of a QR code; no personal data. Raises BadInput when unknown."""

    def systems(self) -> list[SystemTile]:
        """Every system."""

    def system(self, code: str) -> SystemPage:
        """One system. Raises BadInput when unknown."""

    def department_systems(self, account: Account) -> list[SystemTile]:
        """The systems of the officer's department."""

    def quarantine(self, account: Account, system: str, limit: int = 200) -> list[RefusedRow]:
        """Open refused rows, newest first. Raises Refused for another department's system."""

    def catalogue(self) -> CatalogueStatus:
        """The published catalogue in numbers."""

    def ledger_status(self) -> LedgerStatus:
        """The ledger in numbers."""

    def ingest(
        self, system: str, stream: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        """Take a pushed batch. Raises NotAuthorised, BadInput."""

    def status(self) -> dict[str, Any]:
        """The JSON of `zhongtai status --json`."""
