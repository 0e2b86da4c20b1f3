"""What is known of a case, gathered in one transaction: facts for `certs.right` to decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from catalog.versions import read as catalogue
from catalog.versions.asked import applied
from catalog.versions.bodies import DecidingBody, body_read
from catalog.versions.flows import papers_read
from catalog.versions.published import PublishedMaterial
from catalog.versions.read import PublishedItem
from certs.rights import presences, record, uses
from certs.rights.facts import (
    AssignmentFacts,
    CaseFacts,
    ConsentFacts,
    Facts,
    MandateFacts,
    PostFacts,
    PresenceFacts,
    TypeUse,
)
from certs.rights.relations import NAMED
from kernel.clock import CITY_TIME
from kernel.house import House
from kernel.reads import Read, Rows, together
from landing.tables import case as case_table
from registry import accounts, roster
from registry.accounts import Account

OPEN_STATES = frozenset({"accepted", "deciding"})
CLOSED_STATES = frozenset({"granted", "refused", "withdrawn"})

#: Read at each decision, hence built once.
LIVE = (
    select(case_table)
    .where(
        case_table.c.case_number == bindparam("number"),
        case_table.c.deleted_at.is_(None),
        ~case_table.c.withheld,
    )
    .order_by(
        case_table.c.provisional,
        case_table.c.system == "xzsp_window",
        case_table.c.landed_at.desc(),
    )
)


@dataclass(frozen=True)
class Scene:
    """A case as it stands now. None: there is no such thing."""

    asker: str  # the account's name as signed in
    number: str  # the case number as asked for
    account: Account | None
    case: Row[Any] | None
    case_open: bool
    version: int
    item: PublishedItem | None
    body: DecidingBody | None  # who decides the item on the day the case was opened
    now: datetime
    materials: Sequence[PublishedMaterial] = field(default=())
    posts: tuple[PostFacts, ...] = ()
    assigned: frozenset[AssignmentFacts] = frozenset()
    presenter: str | None = None  # keyed hash of who came for the case
    mandates: frozenset[MandateFacts] = frozenset()
    uses: Mapping[str, TypeUse] = field(default_factory=dict)  # by licence type
    consents: frozenset[ConsentFacts] = frozenset()
    present: frozenset[PresenceFacts] = frozenset()
    named: Mapping[str, str] = field(default_factory=dict)  # role -> whom a clerk named (hash)

    @property
    def today(self) -> date:
        """The day in the city."""
        return self.now.astimezone(CITY_TIME).date()

    def facts(self) -> Facts:
        """The facts of account, post, case and item; nothing of any material."""
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        return Facts(
            enabled=self.account is not None,
            role=self.account.role if self.account else "",
            posts=self.posts,
            case=self._case_facts(),
            published=self.item is not None,
            item=self.item.item_id if self.item else None,
            item_department=self._decides(),
            exempted=self.body is not None and self.body.department is None,
            mandates=self.mandates,
            asked=False,
            purposes=frozenset(),
            purpose_given=True,
            proving_types=frozenset(),
            material_role="",
            relation=None,
            licence_type=None,
            waiver="not_confirmed",
            uses=self.uses,
            wanted=frozenset(),
            consents=self.consents,
            present=self.present,
            licence=None,
            now=self.now,
            today=self.today,
            asker=self.asker,
        )

    def _decides(self) -> str | None:
        """A version from before there were dated bodies has only the competent department."""
        if self.body is not None:
            return self.body.department
        return self.item.department if self.item else None

    def _case_facts(self) -> CaseFacts | None:
        if self.case is None:
            return None
        return CaseFacts(
            self.case.post,
            self.case_open,
            self.case.holder_hash,
            opened=self.case.opened,
            provisional=self.case.provisional,
            presenter=self.presenter,
            assigned=self.assigned,
        )


def scene(house: House, conn: Connection, account: str, case_number: str) -> Scene:
    """Read account, case, published item and its materials."""
    now = house.clock()
    with together(conn) as ask:
        live = ask(Read(LIVE, {"number": case_number}, _all))
        newest = ask(catalogue.NEWEST_READ)
        of_name = ask(accounts.account_read(account))
        duties = ask(roster.duties_of(account))
        assigned = ask(record.assigned_to(case_number))
        came = ask(record.presenter_of(case_number))
        named = ask(record.named_for(case_number))
    rows, version, who = live(), newest(), of_name()
    item = catalogue.item_of_code(conn, version, rows[0].item_code) if rows else None
    asks = _of_item(conn, version, item, rows[0].opened, now) if item else _NOTHING
    agreed = _consents(conn, rows[0], asks.uses) if rows else frozenset()
    presenter, mandates = _presenter(conn, rows[0], came()) if rows else (None, frozenset())
    return Scene(
        asker=account,
        number=case_number,
        account=who,
        case=rows[0] if rows else None,
        case_open=bool(rows) and all(_is_open(row.state) for row in rows),
        version=version,
        item=item,
        body=asks.body,
        now=now,
        materials=asks.materials,
        posts=record.posts_of(who.posts, duties()) if who else (),
        assigned=assigned() if rows else frozenset(),
        presenter=presenter,
        mandates=mandates,
        uses=asks.uses,
        consents=agreed,
        present=_present(conn, case_number, agreed),
        named=_named(named(), asks.materials) if rows else {},
    )


@dataclass(frozen=True)
class _OfItem:
    """What a published item asks for, may use, and who decides it."""

    materials: tuple[PublishedMaterial, ...]
    uses: Mapping[str, TypeUse]
    body: DecidingBody | None


_NOTHING = _OfItem((), {}, None)


def _of_item(
    conn: Connection, version: int, item: PublishedItem, opened: datetime | None, now: datetime
) -> _OfItem:
    """Who decides it and what it asks for where the case is, on the day of the case: a case stays
    with the body, and with the list, that it was opened with.

    Without a day, or with one to come, today's body counts.
    """
    day = (now if opened is None else min(opened, now)).astimezone(CITY_TIME).date()
    with together(conn) as ask:
        listed = ask(catalogue.materials_read(version, item.item_id))
        said = ask(uses.of_item(item.item_id))
        place = (version, item.item_id, item.division, day)
        body = ask(body_read(*place))
        papers = ask(papers_read(*place, item.local_code))
    materials = tuple(applied(listed(), item.item_id, papers()))
    return _OfItem(materials, uses.allowed(said(), materials), body())


def _named(named: Mapping[str, str], materials: Sequence[PublishedMaterial]) -> Mapping[str, str]:
    """Only where a material is of a role whose person is named."""
    return named if any(one.role in NAMED for one in materials) else {}


def _consents(
    conn: Connection, case: Row[Any], allowed: Mapping[str, TypeUse]
) -> frozenset[ConsentFacts]:
    """Read only where a type of the item asks for consent."""
    asked = [name for name, one in allowed.items() if one.basis == "consent"]
    return record.consents_of(conn, case.case_number, asked) if asked else frozenset()


def _present(
    conn: Connection, case_number: str, agreed: frozenset[ConsentFacts]
) -> frozenset[PresenceFacts]:
    """Read only where a consent rests on it."""
    asked = any(one.brought for one in agreed)
    return presences.proved(conn, case_number) if asked else frozenset()


def _presenter(
    conn: Connection, case: Row[Any], agent: str | None
) -> tuple[str, frozenset[MandateFacts]]:
    """Who came: the applicant, unless an agent was recorded; then with the agent's mandates."""
    if agent is None or agent == case.holder_hash:
        return case.holder_hash, frozenset()
    return agent, record.mandates_of(conn, case.holder_hash, agent)


def _all(rows: Rows) -> Sequence[Row[Any]]:
    """Live rows of the case: confirmed ones first, the window's own behind the department's."""
    return rows.all()


def _is_open(state: str) -> bool:
    if state in OPEN_STATES:
        return True
    if state in CLOSED_STATES:
        return False
    raise ValueError("a case's state is accepted, deciding, granted, refused or withdrawn")
