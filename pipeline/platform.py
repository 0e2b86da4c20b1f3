"""Everything that the portal asks, over one installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from catalog.tables import published_mapping
from catalog.versions import read as catalogue
from catalog.versions.bodies import bodies_on
from catalog.versions.search import search_items
from certs.copies.share import AnnotatedCopy
from certs.licences import read as certs_read
from certs.rights.tables import assignment
from certs.verifying.file import verify_file
from certs.verifying.outside import issuers, trust_now
from certs.waivers.waive import Plan
from kernel.clock import CITY_TIME
from kernel.db import reading
from kernel.errors import BadInput
from kernel.house import House
from landing.tables import case
from ledger import log
from ledger.events import EventName, event
from pipeline import holder_view, mending, share, trust_view, view
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
from pipeline.wallets import Wallets, as_now
from registry import accounts, divisions
from registry.accounts import Account

STATES = {
    "accepted": "已受理",
    "deciding": "审查中",
    "granted": "准予许可",
    "refused": "不予许可",
    "withdrawn": "已撤回",
}
CITY_CODE = "360700"
CASES_SHOWN = 200


def _given_to(posts: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Cases of these posts: by their own system, or by an assignment that holds now."""
    a = assignment.c
    holds = and_(a.post.in_(posts), a.begins <= now, or_(a.ends.is_(None), a.ends > now))
    return or_(case.c.post.in_(posts), case.c.case_number.in_(select(a.case_number).where(holds)))


class Platform:
    """One open installation. Every method may raise the errors of `kernel.errors`."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.registering = Registering(house)
        self.connecting = Connecting(house)
        self.judging = Judging(house)
        self.ops = Desk(house)
        self.cataloguing = Cataloguing(house)
        self.exchanging = Exchanging(house)
        self.asking = Asking(house)
        self.forms = Forms(house)
        self.waiving = Waiving(house)
        self.events = Events(house)
        self.outside = Outside(house)
        self.papers = Papers(house)
        self.rights = Rights(house)
        self.signing = Signing(house)
        self.staff = Staff(house)
        self.elsewhere = SignInElsewhere(house)
        self.tickets = Tickets(house)
        self.visits = Visits(house)
        self.uses = Uses(house)
        self.wallets = Wallets(house)
        self.callers = Callers(house)
        self.bureau = Bureau(house)
        self.demo = bool(house.settings.city_url)

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
        posts = [post.code for post in account.posts]
        newest = (
            select(case)
            .where(_given_to(posts, self.house.clock()))
            .where(case.c.deleted_at.is_(None), ~case.c.withheld)
            .order_by(
                ~case.c.state.in_(("accepted", "deciding")),
                case.c.opened.desc().nulls_last(),
                case.c.case_number,
            )
            .limit(CASES_SHOWN)
        )
        with self.house.engine.begin() as conn:
            rows = conn.execute(newest).all()
            names = self._item_names(conn, {row.item_code for row in rows})
        return [
            CaseRow(
                number=row.case_number,
                item_name=names.get(row.item_code, row.item_code),
                item_code=row.item_code,
                state=row.state,
                state_text=STATES[row.state],
                opened=row.opened,
                provisional=row.provisional,
                post=row.post,
            )
            for row in rows
        ]

    def card_reader(self) -> CardReader | None:
        """The card reader's bridge on the clerk's machine; None where there is none."""
        return card_reader(self.house)

    def search_items(self, account: Account, text: str) -> list[ItemRow]:
        """Items that the account's posts handle, best match first, by the city level's codes."""
        departments = {post.department for post in account.posts}
        with self.house.engine.begin() as conn:
            version = catalogue.current_version(conn)
            named = search_items(conn, version, text, limit=100)
            today = self.house.clock().astimezone(CITY_TIME).date()
            decides = bodies_on(conn, version, [one.item_id for one in named], CITY_CODE, today)
            body = {item_id: one.department for item_id, one in decides.items()}
            found = [
                item for item in named if body.get(item.item_id, item.department) in departments
            ][:20]
            local = self._city_codes(conn, version, [item.item_id for item in found])
        city = divisions.resolve(CITY_CODE)
        return [
            ItemRow(
                item_code=local.get(item.item_id, item.item_id),
                name=item.name,
                department=body.get(item.item_id, item.department) or "",
                division=city.name if city else "",
            )
            for item in found
        ]

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
        told = verify_file(data, trust_now(self.house), self.house.clock())
        found = as_now(self.house, told)
        shown = {"genuine": found.genuine, "expired": found.status == "expired"}
        return {**found.as_json(), **found.about, **shown, "problem": found.reason}

    def issuers(self) -> list[IssuerRow]:
        """Whose seals are known beside our own, and for which days."""
        return [
            IssuerRow(one.name, *(at.astimezone(CITY_TIME).date() for at in (one.since, one.until)))
            for one in issuers(self.house)
        ]

    def verify_copy(self, copy_id: str) -> dict[str, Any]:
        """What the copy of a QR code is; no personal data. Raises BadInput when unknown."""
        with self.house.engine.begin() as conn:
            found = certs_read.look(conn, copy_id)
            item = catalogue.item_of_code(
                conn, catalogue.current_version(conn), found.item_id if found else ""
            )
        if found is None:
            raise BadInput("没有这个编号的加注件。")
        post = accounts.posts().get(found.post)
        return {
            "genuine": True,
            "expired": found.expires_at < self.house.clock(),
            "licence_type": found.licence_type,
            "standing": found.standing,
            "item": item.name if item else None,
            "department": post.department if post else None,
            "made_at": found.made_at.isoformat(),
            "expires_at": found.expires_at.isoformat(),
        }

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
        return trust_view.refused(self.house, system, limit)

    def refused_book(self, account: Account, system: str) -> bytes:
        """The refused rows as Excel; in the ledger before it is given."""
        return book(self.house, account, system)

    def replay(self, account: Account, system: str) -> ReplayCounts:
        """Judge refused rows again by the contract in force."""
        mending.may_mend(self.house, account, system_of(self.house, system))
        done = mending.replay_system(self.house, system, account.name).values()
        return ReplayCounts(
            looked_at=sum(one.looked_at for one in done),
            stored=sum(one.stored for one in done),
            refused=sum(one.refused for one in done),
        )

    def acknowledge(self, account: Account, system: str, number: int, why: str) -> None:
        """A person knows of a finding."""
        mending.acknowledge_finding(self.house, number, account.name, why, system)

    def release(self, account: Account, system: str, number: int, why: str) -> None:
        """End a hold."""
        mending.release_hold(self.house, number, account.name, why, system)

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
        return pushed.ingest(self.house, system, stream, headers, body)

    def discover(self, secret: str, auth: str | None, paths: Sequence[str]) -> dict[str, Any]:
        """Look at the system whose address a secret holds."""
        target = by_secret(self.house.secrets, secret, auth, paths)
        return discover(target, self.house.secrets, self.house.clock).as_json()

    def status(self) -> dict[str, Any]:
        """The JSON of `zhongtai status --json`."""
        return view.status(self.house)

    def _item_names(self, conn: Connection, codes: set[str]) -> dict[str, str]:
        version = catalogue.current_version(conn)
        found = {code: catalogue.item_of_code(conn, version, code) for code in codes}
        return {code: item.name for code, item in found.items() if item is not None}

    def _city_codes(self, conn: Connection, version: int, items: list[str]) -> dict[str, str]:
        """The city level's own code of canonical items, where it has one."""
        m = published_mapping.c
        city = divisions.resolve(CITY_CODE)
        query = select(m.item_id, m.local_code).where(
            m.version == version,
            m.item_id.in_(items),
            m.relation == "same",
            or_(m.division == CITY_CODE, m.division == (city.name if city else CITY_CODE)),
        )
        query = query.order_by(m.local_code)
        return {row.item_id: row.local_code for row in conn.execute(query)}
