"""The HTTP API under /api/v1: the same questions as the pages, answered in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Request, UploadFile
from pydantic import BaseModel, Field, TypeAdapter
from starlette.responses import JSONResponse, Response

from kernel.errors import BadInput
from portal.entering import client, set_session
from portal.guards import only_api
from portal.pages_clerk import pdf
from portal.pages_public import wait_words
from portal.port import Account, CaseRow, Narrow, Plan, SystemPage, SystemTile
from portal.render import portal_of
from portal.words import say

CASES, SYSTEMS, FILES = say("api.cases"), say("api.systems"), say("api.files")
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": say(f"api.status.{code}")} for code in (400, 401, 403, 503)
}
router = APIRouter(prefix="/api/v1", responses=PROBLEMS)
PLAN = TypeAdapter(Plan)
Clerk = Annotated[Account, Depends(only_api("clerk"))]
Systems = Annotated[Account, Depends(only_api("systems"))]
Ops = Annotated[Account, Depends(only_api("ops"))]
Numbers = Annotated[Account, Depends(only_api("numbers"))]


class Credentials(BaseModel):
    """Who signs in."""

    name: str
    password: str
    code: str = Field("", max_length=20, description=say("api.session.code"))


class NewCase(BaseModel):
    """An applicant and what is applied for."""

    item_code: str
    applicant_kind: str
    applicant_number: str
    applicant_name: str


class Source(BaseModel):
    """A system to look at: the name of the secret with its address, how one signs in, its lists."""

    secret: str
    auth: str | None = None
    paths: list[str] = []


class Person(BaseModel):
    """A person or an organisation by number."""

    kind: Literal["person", "organisation"]
    number: str


class Purpose(BaseModel):
    """What a copy is for; it is printed on the copy. `fields`: only these detail fields.

    `person`: whose the material is, where the applicant's licence names that person.
    `whose`: of a material of several persons (夫妻双方), the one's role: applicant, spouse.
    """

    purpose: str
    fields: list[str] = []
    person: Person | None = None
    whose: str | None = None


@dataclass(frozen=True)
class SessionMade:
    """The token for `Authorization: Bearer`; by cookie, `form_token` goes in `X-Form-Token`."""

    token: str
    form_token: str
    expires: datetime
    name: str
    role: str


@dataclass(frozen=True)
class CaseOpened:
    """The number that the one-window gave."""

    number: str


@router.post("/session", tags=[say("api.session")], summary=say("api.session.post"))
def session(request: Request, sent: Credentials, response: Response) -> SessionMade:
    """Sign in."""
    portal = portal_of(request)
    outcome = portal.sign_in.try_(sent.name, sent.password, client(request))
    if outcome.wait is not None:
        raise SignInFailed(429, wait_words(outcome.wait))
    if outcome.account is None:
        raise SignInFailed(401, say("login.wrong"))
    _second(request, outcome.account, sent.code)
    portal.platform.signing.succeeded(outcome.account.name, client(request))
    made, text = portal.sessions.begin(outcome.account.name)
    set_session(request, response, text)
    account = outcome.account
    form_token = portal.sessions.form_token(made.id)
    return SessionMade(text, form_token, made.expires, account.name, account.role)


def _second(request: Request, account: Account, code: str) -> None:
    """Raise SignInFailed unless the second factor is shown, where one is asked."""
    signing = portal_of(request).platform.signing
    factor = signing.factor(account)
    if factor == "to_set":
        raise SignInFailed(403, say("login.factor.to_set"))
    if factor == "asked" and not code:
        raise SignInFailed(401, say("login.factor.needed"))
    if factor == "asked" and not signing.check_factor(account.name, code):
        signing.failed(account.name, client(request))
        raise SignInFailed(401, say("login.factor.wrong"))


class SignInFailed(Exception):
    """A sign-in over the API that did not work, with its status and sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def of_sign_in(_: Request, error: Exception) -> Response:
    """The answer to a failed sign-in."""
    status = error.status if isinstance(error, SignInFailed) else 500
    return JSONResponse({"error": "sign_in", "reason": "", "message": str(error)}, status)


@router.get("/cases", tags=[CASES], summary=say("api.cases.get"))
def cases(request: Request, account: Clerk) -> list[CaseRow]:
    """My cases."""
    return portal_of(request).platform.my_cases(account)


@router.post("/cases", tags=[CASES], summary=say("api.cases.post"))
def open_case(request: Request, account: Clerk, sent: NewCase) -> CaseOpened:
    """Open a case."""
    number = portal_of(request).platform.open_case(
        account, sent.item_code, sent.applicant_kind, sent.applicant_number, sent.applicant_name
    )
    return CaseOpened(number)


@router.get("/cases/{number}/plan", tags=[CASES], summary=say("api.plan.get"), response_model=Plan)
def plan(request: Request, account: Clerk, number: str) -> Response:
    """What the applicant need not bring."""
    made = portal_of(request).platform.plan(account, number)
    # Written here, where it was made: a queue waits, and the framework would check it again first.
    return Response(PLAN.dump_json(made), media_type="application/json")


@router.post(
    "/cases/{number}/materials/{material_id}/fetch",
    tags=[CASES],
    summary=say("api.fetch.post"),
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "PDF"}},
)
def fetch(
    request: Request, account: Clerk, number: str, material_id: str, sent: Purpose
) -> Response:
    """An annotated copy."""
    platform = portal_of(request).platform
    person = (sent.person.kind, sent.person.number) if sent.person is not None else None
    narrow = Narrow(tuple(sent.fields), person, sent.whose)
    return pdf(platform.fetch(account, number, material_id, sent.purpose.strip()[:200], narrow))


@router.get("/systems", tags=[SYSTEMS], summary=say("api.systems.get"))
def systems(request: Request, account: Systems) -> list[SystemTile]:
    """Every system; for an officer, those of the department."""
    platform = portal_of(request).platform
    if account.role == "officer":
        return platform.department_systems(account)
    return platform.systems()


@router.get("/systems/{code}", tags=[SYSTEMS], summary=say("api.system.get"))
def system(request: Request, _: Numbers, code: str) -> SystemPage:
    """One system with its streams, runs and findings."""
    return portal_of(request).platform.system(code)


@router.get("/status", tags=[SYSTEMS], summary=say("api.status.get"))
def status(request: Request, _: Numbers) -> dict[str, Any]:
    """The whole state, as the command line gives it."""
    return portal_of(request).platform.status()


@router.post("/discover", tags=[SYSTEMS], summary=say("api.discover.post"))
def discover(request: Request, _: Ops, sent: Source) -> dict[str, Any]:
    """Draft a contract. An address itself is not taken: only the name of a secret."""
    return portal_of(request).platform.discover(sent.secret, sent.auth, sent.paths)


async def raw_body(request: Request) -> bytes:
    """The body as sent, for its signature."""
    return await request.body()


@router.post("/ingest/{system}/{stream}", tags=[SYSTEMS], summary=say("api.ingest.post"))
def ingest(
    request: Request, system: str, stream: str, body: Annotated[bytes, Depends(raw_body)]
) -> dict[str, Any]:
    """Take a batch from a system that pushes; signed by the system, not by an account."""
    return portal_of(request).platform.ingest(system, stream, request.headers, body)


@router.post("/verify", tags=[FILES], summary=say("api.verify.post"))
def verify(request: Request, file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Check a file. Nothing of it is kept."""
    data = file.file.read()
    if not data:
        raise BadInput("the file is empty: send the PDF as the form field `file`")
    return portal_of(request).platform.verify(data)
