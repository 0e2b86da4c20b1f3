"""What the pages ask of the platform: one protocol, and the rows it answers with.

The portal knows nothing else of the rooms below. `pipeline` gives the real one; the tests give
a fake. Every method may raise the errors of `kernel.errors`; their texts hold no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from certs.copies.share import AnnotatedCopy
from certs.waivers.waive import Plan, PlanLine
from pipeline.card_reader import CardReader
from pipeline.holder_view import HolderEntry
from pipeline.rows import (
    CaseRow,
    CatalogueStatus,
    DemoAccount,
    FindingRow,
    HoldRow,
    IssuerRow,
    ItemRow,
    LedgerStatus,
    MeasureRow,
    RefusedRow,
    ReplayCounts,
    RunRow,
    StreamRow,
    SystemPage,
    SystemTile,
)
from portal.port_asking import AskingPort, WaivingPort
from portal.port_bureau import BureauPort
from portal.port_callers import CallersPort
from portal.port_catalog import CataloguingPort, ExchangingPort
from portal.port_connecting import ConnectingPort
from portal.port_events import EventsPort
from portal.port_forms import FormsPort
from portal.port_judging import JudgingPort
from portal.port_looked import LookedPort
from portal.port_ops import OpsPort
from portal.port_outside import OutsidePort
from portal.port_papers import PapersPort
from portal.port_registering import RegisteringPort
from portal.port_rights import Narrow, RightsPort, UsesPort
from portal.port_signing import ElsewherePort, SigningPort, TicketsPort
from portal.port_staff import StaffPort
from portal.port_visits import VisitsPort
from portal.port_wallets import WalletsPort
from registry.accounts import Account, Post

__all__ = [
    "Account",
    "AnnotatedCopy",
    "CaseRow",
    "CatalogueStatus",
    "DemoAccount",
    "FindingRow",
    "HoldRow",
    "HolderEntry",
    "IssuerRow",
    "ItemRow",
    "LedgerStatus",
    "MeasureRow",
    "Narrow",
    "Plan",
    "PlanLine",
    "PlatformPort",
    "Post",
    "RefusedRow",
    "ReplayCounts",
    "RunRow",
    "StreamRow",
    "SystemPage",
    "SystemTile",
]


class PlatformPort(Protocol):
    """Everything the pages and the API ask. Calls may block; they run in worker threads."""

    @property
    def sandbox(self) -> str:
        """Where the sandbox city's own pages are; empty where there is none."""

    @property
    def registering(self) -> RegisteringPort:
        """A system's way in: forms, states, confirmations, versions."""

    @property
    def connecting(self) -> ConnectingPort:
        """A contract made on the pages, step by step."""

    @property
    def ops(self) -> OpsPort:
        """The board, one system, alarms, reports, letters."""

    @property
    def judging(self) -> JudgingPort:
        """Questions about names, judgements, contradictions, wishes."""

    @property
    def cataloguing(self) -> CataloguingPort:
        """Versions, flow and deciding bodies."""

    @property
    def exchanging(self) -> ExchangingPort:
        """Exports, the national tables, faults."""

    @property
    def asking(self) -> AskingPort:
        """The catalogue's questions: the bureau's, and an applicant's."""

    @property
    def forms(self) -> FormsPort:
        """What items' forms ask; a case's form, filled in."""

    @property
    def waiving(self) -> WaivingPort:
        """Which licence types may stand for a material, and who said so."""

    @property
    def rights(self) -> RightsPort:
        """Roster, assignments, mandates, consent, orders, alarms, yes/no answers."""

    @property
    def papers(self) -> PapersPort:
        """Messages, promises, corrections, packages for the file room."""

    @property
    def events(self) -> EventsPort:
        """Receivers of events, and telling them."""

    @property
    def outside(self) -> OutsidePort:
        """Issuers outside the city, and what they sealed."""

    @property
    def staff(self) -> StaffPort:
        """Accounts, by the three administrators."""

    @property
    def visits(self) -> VisitsPort:
        """The applicant's pages."""

    @property
    def tickets(self) -> TicketsPort:
        """The one-window brings a clerk in."""

    @property
    def elsewhere(self) -> ElsewherePort:
        """The city's identity provider."""

    @property
    def signing(self) -> SigningPort:
        """Failures of sign-ins, and sessions."""

    @property
    def wallets(self) -> WalletsPort:
        """Licences for holders' wallets."""

    @property
    def uses(self) -> UsesPort:
        """Items' uses of conditional licence types."""

    @property
    def callers(self) -> CallersPort:
        """Calling systems and their calls."""

    @property
    def looked(self) -> LookedPort:
        """Who looked at a department's licences."""

    @property
    def bureau(self) -> BureauPort:
        """Papers not asked for, why others are, complaints, the monthly letter."""

    def demo_accounts(self) -> list[DemoAccount]:
        """The accounts to show on the sign-in page; empty unless this is the demo."""

    def sign_in(self, name: str, password: str) -> Account | None:
        """The account, or None when name and password do not belong together."""

    def account(self, name: str) -> Account | None:
        """The account as it is now, or None when it is gone or disabled."""

    def refused_role(self, account: Account, route: str) -> None:
        """Write that an account came where its role does not belong. `route`: the template."""

    def my_cases(self, account: Account) -> list[CaseRow]:
        """The cases of the account's posts, newest first."""

    def card_reader(self) -> CardReader | None:
        """The card reader's bridge on the clerk's machine; None where there is none."""

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

    def plan(
        self, account: Account, case_number: str, said: Mapping[str, str] | None = None
    ) -> Plan:
        """The waiver plan. In the ledger before it returns. Raises Refused.

        `said`: what the applicant answered about the situation. Raises BadInput on a wrong answer.
        """

    def fetch(
        self,
        account: Account,
        case_number: str,
        material_id: str,
        purpose: str,
        narrow: Narrow | None = None,
    ) -> AnnotatedCopy:
        """The annotated copy. In the ledger before it returns. Raises Refused, RetryLater."""

    def seen_of_case(
        self, account: Account, case_number: str, before: int | None, limit: int
    ) -> list[HolderEntry]:
        """Who looked at the applicant of a case, the newest first, from entry `before` on.

        In the ledger before it returns. Raises Refused unless the account handles the case.
        """

    def verify(self, data: bytes) -> dict[str, Any]:
        """What an uploaded file is, and whether it is as we sealed it.

        Keys: genuine (bool), expired (bool), problem (a sentence), and what is known of name,
        licence_type, standing, issuer, source, item, department, made_at, sealed_at, expires_at
        (datetime or ISO text). What is missing is not shown.
        """

    def issuers(self) -> list[IssuerRow]:
        """Whose seals are known beside our own, and for which days. Raises PersonMustAct."""

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

    def refused_book(self, account: Account, system: str) -> bytes:
        """The refused rows as Excel, in the ledger first. Raises Refused for another's system."""

    def replay(self, account: Account, system: str) -> ReplayCounts:
        """Judge refused rows again by the contract in force. Raises Refused, RetryLater."""

    def read_again(self, account: Account, system: str, number: int) -> str:
        """Ask the source for a refused row, by its number: `stored`, `unchanged`, `quarantined` or
        `deleted` there. Raises Refused, and the errors of a source that cannot be asked now."""

    def acknowledge(self, account: Account, system: str, number: int, why: str) -> None:
        """A person knows of a finding. Raises BadInput without a reason or such a finding."""

    def release(self, account: Account, system: str, number: int, why: str) -> None:
        """End a hold. Raises BadInput without a reason or such a hold."""

    def catalogue(self) -> CatalogueStatus:
        """The published catalogue in numbers."""

    def ledger_status(self) -> LedgerStatus:
        """The ledger in numbers."""

    def ingest(
        self, system: str, stream: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        """Take a pushed batch. Raises NotAuthorised, BadInput."""

    def discover(self, secret: str, auth: str | None, paths: Sequence[str]) -> dict[str, Any]:
        """A draft for the system whose address that secret holds; rows in it are masked.

        Raises BadInput, NotAuthorised, RetryLater.
        """

    def status(self) -> dict[str, Any]:
        """The JSON of `zhongtai status --json`."""
