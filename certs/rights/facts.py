"""The facts that a right to look rests on. None: there is no such thing, and that never allows.

Times have a zone. Days are the city's. What begins and ends holds from `begins` (of that day, that
moment) until before `ends`; a day `until` still counts. No order of several facts means anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from registry.waivers import Standing

ShareClass = Literal["unconditional", "conditional", "none"]  # 无条件 / 有条件 / 不予共享
Basis = Literal["duty", "consent"]  # statutory duty with notice / the holder's consent
UseState = Literal["requested", "approved", "refused", "disputed"]
#: own: by the case's own system. Others let a receiving office elsewhere take the application in:
#: whole_online 全程网办, on_behalf 代收代办, several_places 多地联办.
Mode = Literal["own", "whole_online", "on_behalf", "several_places"]
EVERY = "*"  # every item


@dataclass(frozen=True)
class DutyFacts:
    """A line of the roster: the post handles the item (or `*`) on these days."""

    item: str
    begins: date
    until: date | None


@dataclass(frozen=True)
class PostFacts:
    """One post that the account holds."""

    code: str
    department: str
    rights: frozenset[str]  # receive | decide
    duties: frozenset[DutyFacts] = frozenset()


@dataclass(frozen=True)
class AssignmentFacts:
    """The case is given to a post, to receive or to decide."""

    post: str
    rights: frozenset[str]
    mode: Mode
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class CaseFacts:
    """The case as it has landed, and to whom it was given."""

    post: str | None
    open: bool
    applicant: str  # keyed hash
    opened: datetime | None = None
    provisional: bool = False  # its own system has not confirmed it
    presenter: str | None = None  # who stands before us (keyed hash): the applicant, or an agent
    assigned: frozenset[AssignmentFacts] = frozenset()


@dataclass(frozen=True)
class MandateFacts:
    """A recorded mandate: the agent may act for the principal in these items."""

    principal: str
    agent: str
    items: frozenset[str]
    begins: date
    until: date
    revoked: bool


@dataclass(frozen=True)
class LicenceFacts:
    """One licence that has landed, and how fresh the data is."""

    holders: frozenset[str]  # keyed hashes
    status: str  # valid | suspended | revoked | expired, as the source says
    valid_from: date | None
    valid_to: date | None
    live: bool  # neither deleted at the source nor withheld for a bad new version
    published: bool  # this version is sealed
    complete_at: datetime | None  # its data is complete as of then
    longest_age: timedelta
    marked: bool  # somebody says that this version is wrong, and that is not refuted (校核)
    granted_until: date | None = None  # the source's authorisation letter ends with that day
    share: ShareClass | None = None  # as the source's contract says; the stricter one counts


@dataclass(frozen=True)
class TypeUse:
    """What this item may do with a licence type."""

    share: ShareClass  # of the type
    state: UseState | None  # what the issuing department said; None: nobody asked
    fields: frozenset[str]  # the detail fields that it may have
    basis: Basis


@dataclass(frozen=True)
class RelationFacts:
    """A licence that proves whose the material is: `to` stands to `of` in that role."""

    role: str  # spouse | legal_representative | guardian
    licence_type: str
    of: str  # keyed hash
    to: str  # keyed hash
    linked: bool  # the licence names both
    ended: bool  # a later one (离婚证), or the ward's coming of age, ended it
    proofs: tuple[LicenceFacts, ...]  # each must hold; together they name both


@dataclass(frozen=True)
class ConsentFacts:
    """A holder's consent for this case."""

    holder: str
    licence_type: str
    begins: datetime
    ends: datetime
    withdrawn: bool
    brought: bool = False  # by a code that somebody else brought: the holder was not at the window


@dataclass(frozen=True)
class PresenceFacts:
    """An identity service has proved that the holder was there for this case."""

    holder: str
    at: datetime


@dataclass(frozen=True)
class OrderFacts:
    """A court's, auditor's or discipline inspector's order, as two persons recorded it."""

    proposer: str
    confirmer: str | None
    subjects: frozenset[str]  # keyed hashes
    types: frozenset[str]
    begins: datetime
    ends: datetime
    ended: bool


@dataclass(frozen=True)
class Facts:
    """Everything a decision rests on."""

    enabled: bool
    role: str
    posts: tuple[PostFacts, ...]
    case: CaseFacts | None
    published: bool  # the item is in the published catalogue
    item: str | None  # its id
    item_department: str | None  # who decides on the day the case was opened; None: nobody
    exempted: bool  # on that day the item needs no decision
    mandates: frozenset[MandateFacts]
    asked: bool  # the published catalogue asks for the material
    purposes: frozenset[str]  # why it is asked, and what the caller wants it for
    purpose_given: bool  # the caller said what for, in words that may stand on a copy
    proving_types: frozenset[str]  # the licence types that satisfy it
    material_role: str  # applicant | spouse | agent | …
    relation: RelationFacts | None
    licence_type: str | None
    waiver: Standing  # what the waiver of the licence type comes to today
    uses: Mapping[str, TypeUse]  # by licence type: what the item may do with it
    wanted: frozenset[str]  # the detail fields that the caller names
    consents: frozenset[ConsentFacts]
    licence: LicenceFacts | None
    now: datetime
    today: date
    asker: str = ""  # the account's name
    order: OrderFacts | None = None
    present: frozenset[PresenceFacts] = frozenset()  # holders proved to have been there
    order_subject: str | None = None  # whose licence is wanted under the order
    holder: str | None = None  # who has proved to be this holder, and asks for their own

    @property
    def subject(self) -> str | None:
        """Whose licence it must be (keyed hash): the applicant's, or of who stands to them."""
        if self.case is None:
            return None
        if self.material_role == "applicant":
            return self.case.applicant
        return self.relation.to if self.relation is not None else None
