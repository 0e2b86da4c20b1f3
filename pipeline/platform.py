"""Everything that the portal asks, over one installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from certs.copies.share import AnnotatedCopy
from certs.waivers.waive import Plan
from kernel.db import reading
from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from pipeline import clerks, holder_view, mending, share, trust_view, verified, view
from pipeline import ingest as pushed
from pipeline.asking import Asking
from pipeline.bureau import Bureau
from pipeline.callers import Callers
from pipeline.card_reader import CardReader, card_reader
from pipeline.cataloguing import Cataloguing
from pipeline.connecting.desk import Connecting
from pipeline.discover import discover
from pipeline.discover_target import by_secret
from pipeline.events import Events
from pipeline.exchanging import Exchanging
from pipeline.forms import Forms
from pipeline.holder_view import HolderEntry
from pipeline.judging import Judging
from pipeline.looked import Looked
from pipeline.oidc import SignInElsewhere
from pipeline.ops.desk import Desk
from pipeline.outside import Outside
from pipeline.papers import Papers
from pipeline.refused_book import book
from pipeline.registering import Registering
from pipeline.rights import Rights
from pipeline.rows import (
    CaseRow,
    CatalogueStatus,
    DemoAccount,
    IssuerRow,
    ItemRow,
    LedgerStatus,
    RefusedRow,
    ReplayCounts,
    SystemPage,
    SystemTile,
)
from pipeline.signing import Signing
from pipeline.staff import Staff
from pipeline.sync import system_of
from pipeline.tickets import Tickets
from pipeline.uses import Uses
from pipeline.visits import Visits
from pipeline.waiving import Waiving
from pipeline.wallets import Wallets
from registry import accounts
from registry.accounts import Account


class Platform:
    """One open installation. Every method may raise the errors of `kernel.errors`."""

    def __init__(self, house: House) -> None:
        """Each room opens the database by the role of its duty: the pages that look at licences
        write no catalogue, those that judge names read no licence."""
        house, agreed = house.under("portal"), house.under("catalogue")
        self.house, self.syncing = house, house.under("sync")
        self.registering = Registering(agreed)
        self.connecting = Connecting(agreed)
        self.judging = Judging(agreed)
        self.ops = Desk(house)
        self.cataloguing = Cataloguing(agreed)
        self.exchanging = Exchanging(agreed)
        self.asking = Asking(agreed)
        self.forms = Forms(house)
        self.waiving = Waiving(agreed)
        self.events = Events(house)
        self.outside = Outside(house)
        self.papers = Papers(house)
        self.rights = Rights(house)
        self.signing = Signing(house)
        self.staff = Staff(house)
        self.elsewhere = SignInElsewhere(house)
        self.tickets = Tickets(house)
        self.visits = Visits(house)
        self.uses = Uses(agreed)
        self.wallets = Wallets(house)
        self.callers = Callers(house)
        self.looked = Looked(house)
        self.bureau = Bureau(house)
        self.sandbox = house.settings.city_url
        self.demo = bool(self.sandbox)

    def demo_accounts(self) -> list[DemoAccount]:
        """The demo accounts, with their password; none where no sandbox city is."""
        if not self.demo:
            return []
        with self.house.engine.begin() as conn:
            found = accounts.demo_accounts(conn)
        return [
            DemoAccount(one.name, one.display, one.role, accounts.DEMO_PASSWORD) for one in found
        ]

    def sign_in(self, name: str, password: str) -> Account | None:
        """The account, or None when name and password do not belong together."""
        with self.house.engine.begin() as conn:
            found = accounts.sign_in(conn, name, password, demo=self.demo)
            known = found or accounts.account(conn, name)
            actor = known.name if known else "unknown"  # a person may have typed anything there
            what: EventName = "account.signed_in" if found else "account.refused"
            log.append(conn, event(self.house.clock(), what, actor))
            return found

    def account(self, name: str) -> Account | None:
        """The account as it is now; None when it is gone or disabled."""
        with reading(self.house.engine) as conn:
            return accounts.account(conn, name)

    def refused_role(self, account: Account, route: str) -> None:
        """Write that an account came where its role does not belong. `route`: the template."""
        with self.house.engine.begin() as conn:
            about = {"reason": "role", "role": account.role, "place": route}
            log.append(conn, event(self.house.clock(), "right.refused", account.name, **about))

    def my_cases(self, account: Account) -> list[CaseRow]:
        """Cases of the account's posts: open ones first, then the newest."""
        return clerks.cases_of(self.house, account)

    def card_reader(self) -> CardReader | None:
        """The card reader's bridge on the clerk's machine; None where there is none."""
        return card_reader(self.house)

    def search_items(self, account: Account, text: str) -> list[ItemRow]:
        """Items that the account's posts handle, best match first, by the city level's codes."""
        return clerks.items_for(self.house, account, text)

    def open_case(
        self,
        account: Account,
        item_code: str,
        applicant_kind: str,
        applicant_number: str,
        applicant_name: str,
    ) -> str:
        """Open a case at the one-window; its provisional number."""
        return share.open_case(
            self.house, account, item_code, applicant_kind, applicant_number, applicant_name
        )

    def plan(
        self, account: Account, case_number: str, said: Mapping[str, str] | None = None
    ) -> Plan:
        """The waiver plan. In the ledger before it returns."""
        return share.plan(self.house, account, case_number, said)

    def fetch(
        self,
        account: Account,
        case_number: str,
        material_id: str,
        purpose: str,
        narrow: share.Narrow | None = None,
    ) -> AnnotatedCopy:
        """The annotated copy. In the ledger before it returns."""
        return share.fetch(self.house, account, case_number, material_id, purpose, narrow)

    def seen_of_case(
        self, account: Account, case_number: str, before: int | None, limit: int
    ) -> list[HolderEntry]:
        """Who looked at the applicant of a case. In the ledger before it returns."""
        return holder_view.of_case(self.house, account, case_number, before, limit)

    def verify(self, data: bytes) -> dict[str, Any]:
        """What an uploaded file is, and whether it is as it was sealed."""
        return verified.file(self.house, data)

    def issuers(self) -> list[IssuerRow]:
        """Whose seals are known beside our own, and for which days."""
        return verified.issuers(self.house)

    def verify_copy(self, copy_id: str) -> dict[str, Any]:
        """What the copy of a QR code is; no personal data. Raises BadInput when unknown."""
        return verified.copy(self.house, copy_id)

    def systems(self) -> list[SystemTile]:
        """Every system."""
        return view.tiles(self.house, self.ops.counting)

    def system(self, code: str) -> SystemPage:
        """One system. Raises BadInput when unknown."""
        return view.page(self.house, code, self.ops.counting)

    def department_systems(self, account: Account) -> list[SystemTile]:
        """The systems of the officer's department."""
        return [one for one in self.systems() if one.department == account.department]

    def quarantine(self, account: Account, system: str, limit: int = 200) -> list[RefusedRow]:
        """Open refused rows with their raw values, for officers of the system's department."""
        mending.officers_only(self.house, account, system_of(self.house, system))
        return trust_view.refused(self.house.for_department(account.department), system, limit)

    def refused_book(self, account: Account, system: str) -> bytes:
        """The refused rows as Excel; in the ledger before it is given."""
        return book(self.house, account, system)

    def replay(self, account: Account, system: str) -> ReplayCounts:
        """Judge refused rows again by the contract in force."""
        mending.may_mend(self.house, account, system_of(self.house, system))
        done = mending.replay_system(self.syncing, system, account.name).values()
        return ReplayCounts(
            looked_at=sum(one.looked_at for one in done),
            stored=sum(one.stored for one in done),
            refused=sum(one.refused for one in done),
        )

    def read_again(self, account: Account, system: str, number: int) -> str:
        """Ask the source for a refused row: `stored`, `unchanged`, `quarantined` or `deleted`."""
        mending.may_mend(self.house, account, system_of(self.house, system))
        return mending.read_again(self.syncing, system, number, account.name)

    def acknowledge(self, account: Account, system: str, number: int, why: str) -> None:
        """A person knows of a finding."""
        mending.acknowledge_finding(self.syncing, number, account.name, why, system)

    def release(self, account: Account, system: str, number: int, why: str) -> None:
        """End a hold."""
        mending.release_hold(self.syncing, number, account.name, why, system)

    def catalogue(self) -> CatalogueStatus:
        """The published catalogue in numbers."""
        return view.catalogue(self.house)

    def ledger_status(self) -> LedgerStatus:
        """The ledger in numbers."""
        return view.ledger_status(self.house)

    def ingest(
        self, system: str, stream: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        """Take a pushed batch."""
        return pushed.ingest(self.syncing, system, stream, headers, body)

    def discover(self, secret: str, auth: str | None, paths: Sequence[str]) -> dict[str, Any]:
        """Look at the system whose address a secret holds."""
        target = by_secret(self.house.secrets, secret, auth, paths)
        return discover(target, self.house.secrets, self.house.clock).as_json()

    def status(self) -> dict[str, Any]:
        """The JSON of `zhongtai status --json`."""
        return view.status(self.house)
