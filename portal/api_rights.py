"""The API of a case's rights: yes/no answers, assignments, mandates, consent; signed calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel

from portal.api import CASES, PROBLEMS, Clerk, Person, raw_body
from portal.guards import only_api
from portal.port import Account
from portal.port_rights import Answered, Given, HolderEntry, Mandate, Presence, RightsPort
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CASES])
Assigner = Annotated[Account, Depends(only_api("assign"))]
Body = Annotated[bytes, Depends(raw_body)]


class Question(BaseModel):
    """`is_adult`, or `holds_valid:<licence type>`."""

    question: str


class Assigned(BaseModel):
    """A case for another post. `place`: the receiving office's division, or its province."""

    post: str
    rights: list[Literal["receive", "decide"]]
    mode: Literal["whole_online", "on_behalf", "several_places"]
    place: str
    document: str
    begins: AwareDatetime
    ends: AwareDatetime | None = None


class Came(BaseModel):
    """Who came; nobody: the applicant in person."""

    agent: Person | None = None


class Relative(BaseModel):
    """A person by number, and what they are to the applicant."""

    role: Literal["guardian", "legal_representative"]
    number: str


class NewMandate(BaseModel):
    """What the applicant lets an agent do. Both days count."""

    agent: Person
    items: list[str]
    begins: date
    until: date
    document: str


class Reason(BaseModel):
    """Why."""

    why: str


class Consent(BaseModel):
    """Licence types, and the document by which the applicant agreed."""

    types: list[str]
    document: str


class Types(BaseModel):
    """Licence types."""

    types: list[str]


class Shown(BaseModel):
    """The code that the holder shows."""

    code: str


@dataclass(frozen=True)
class Numbered:
    """The number of what was recorded; 0 where it has none."""

    number: int


@dataclass(frozen=True)
class Agreed:
    """The licence types that consent was given to, or taken from."""

    types: list[str]


@dataclass(frozen=True)
class CaseTaken:
    """The case that counts from now on."""

    number: str


@dataclass(frozen=True)
class CodeMade:
    """A code to show once, until then."""

    code: str
    ends: datetime


def _of(request: Request) -> RightsPort:
    return portal_of(request).platform.rights


@router.post("/cases/{number}/answers", summary=say("api.answers.post"))
def answer(request: Request, account: Clerk, number: str, sent: Question) -> Answered:
    """Yes, no, or null and why; nothing is handed over."""
    return _of(request).answer(account, number, sent.question)


@router.post("/cases/{number}/assignments", summary=say("api.assignments.post"))
def assign(request: Request, account: Assigner, number: str, sent: Assigned) -> Numbered:
    """Give the case to another post, in another place."""
    given = Given(
        number, sent.post, frozenset(sent.rights), sent.mode, sent.place, sent.document,
        sent.begins, sent.ends,
    )  # fmt: skip
    return Numbered(_of(request).assign(account, given))


@router.post("/cases/{number}/assignments/{assignment}/end", summary=say("api.assignments.end"))
def take_back(request: Request, account: Assigner, number: str, assignment: int) -> Numbered:
    """End it at once."""
    _of(request).take_back(account, number, assignment)
    return Numbered(assignment)


@router.post("/cases/{number}/presenter", summary=say("api.presenter.post"))
def came(request: Request, account: Clerk, number: str, sent: Came) -> Numbered:
    """Record who came for the case."""
    agent = (sent.agent.kind, sent.agent.number) if sent.agent is not None else None
    _of(request).came(account, number, agent)
    return Numbered(0)


@router.post("/cases/{number}/relatives", summary=say("api.relatives.post"))
def relative(request: Request, account: Clerk, number: str, sent: Relative) -> Numbered:
    """Name the applicant's guardian or legal representative; a licence must prove it."""
    _of(request).name_relative(account, number, sent.role, sent.number)
    return Numbered(0)


@router.post("/cases/{number}/mandates", summary=say("api.mandates.post"))
def mandate(request: Request, account: Clerk, number: str, sent: NewMandate) -> Numbered:
    """Record a mandate of the case's applicant."""
    one = Mandate(tuple(sent.items), sent.begins, sent.until, sent.document)
    agent = (sent.agent.kind, sent.agent.number)
    return Numbered(_of(request).let_act(account, number, agent, one))


@router.post("/cases/{number}/mandates/{mandate}/revoke", summary=say("api.mandate.revoke"))
def revoke(request: Request, account: Clerk, number: str, mandate: int, sent: Reason) -> Numbered:
    """End a mandate at once."""
    _of(request).revoke(account, number, mandate, sent.why)
    return Numbered(mandate)


@router.post("/cases/{number}/consents", summary=say("api.consents.post"))
def consent(request: Request, account: Clerk, number: str, sent: Consent) -> Agreed:
    """The applicant agreed, on paper."""
    return Agreed(_of(request).consent(account, number, sent.types, sent.document))


@router.post("/cases/{number}/consents/withdraw", summary=say("api.consents.withdraw"))
def withdraw(request: Request, account: Clerk, number: str, sent: Types) -> Agreed:
    """The applicant takes it back."""
    return Agreed(_of(request).withdraw(account, number, sent.types))


@router.post("/cases/{number}/codes", summary=say("api.codes.post"))
def code(request: Request, account: Clerk, number: str, sent: Shown) -> Agreed:
    """The holder shows a code: consent is given, or taken back, as the holder chose."""
    return Agreed(_of(request).use_code(account, number, sent.code.strip()[:40]))


@router.post("/window/cases", summary=say("api.window.cases"))
def case_opened(request: Request, body: Body) -> CaseTaken:
    """Signed by the one-window: it has accepted a case."""
    return CaseTaken(_of(request).case_opened(request.headers, body))


@router.post("/window/codes", summary=say("api.window.codes"))
def code_wanted(request: Request, body: Body) -> CodeMade:
    """Signed by the one-window: a signed-in holder wants a code to show."""
    made = _of(request).code(request.headers, body)
    return CodeMade(made.code, made.ends)


@router.post("/cases/{number}/presence", summary=say("api.presence.post"))
def presence(request: Request, account: Clerk, number: str, body: Body) -> Presence:
    """A signed result of the identity service that the holder was there; never an image."""
    return _of(request).presence(account, number, body)


@router.post("/window/presences", summary=say("api.window.presences"))
def proved(request: Request, body: Body) -> Presence:
    """Signed by the one-window: the app carries a result for its signed-in holder."""
    return _of(request).proved(request.headers, body)


@router.post("/window/looks", summary=say("api.window.looks"))
def looks(request: Request, body: Body) -> list[HolderEntry]:
    """Signed by the one-window: its holder, proved by a result for `holder`, sees who looked."""
    return _of(request).looks(request.headers, body)
