"""The applicant's own pages, out of the city's app: who looked, consents, a code, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, NotAuthorised
from portal.api import CASES, PROBLEMS, raw_body
from portal.guards import check_form
from portal.pages_wallet import boxes
from portal.port_papers import fields_of
from portal.port_visits import Holder, Purpose, VisitGiven
from portal.render import page, portal_of
from portal.sessions import VISIT
from portal.words import say

router = APIRouter(prefix="/my", include_in_schema=False)
calls = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CASES])
COOKIE = "zhongtai_visit"
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]
PURPOSES: dict[str, Purpose] = {"give": "give", "withdraw": "withdraw"}


class HolderNeeded(Exception):
    """Nobody came out of the app, or the visit is over."""


def of_holder(request: Request, _: Exception) -> Response:
    """Say how to come in."""
    return page(request, "my_in.html", 401, problem="")


def holder(request: Request) -> Holder:
    """A dependency: the holder whose visit this is."""
    found = portal_of(request).sessions.read_visit(request.cookies.get(COOKIE))
    if found is None:
        raise HolderNeeded
    return Holder(*found)


def holder_form(request: Request, form_token: Text = "") -> Holder:
    """The same for a form that does something."""
    who = holder(request)
    check_form(request, None, form_token)
    return who


Mine = Annotated[Holder, Depends(holder)]
MineForm = Annotated[Holder, Depends(holder_form)]


@calls.post("/window/visits", summary=say("api.window.visits"))
def give(request: Request, body: Annotated[bytes, Depends(raw_body)]) -> VisitGiven:
    """Signed by the city's app: its signed-in holder goes on at `/my/in?ticket=…`."""
    return portal_of(request).platform.visits.give(request.headers, body)


@router.get("/in")
def come_in(request: Request, ticket: str = "") -> Response:
    """The app led its web view here."""
    portal = portal_of(request)
    try:
        who = portal.platform.visits.take(ticket)
    except NotAuthorised as error:
        return page(request, "my_in.html", 401, problem=error.message)
    answer = page(request, "entered.html", where="/my")
    answer.set_cookie(
        COOKIE, portal.sessions.visit(who.holder, proved=who.proved), path="/my",
        max_age=int(VISIT.total_seconds()), httponly=True, samesite="strict", secure=portal.secure,
    )  # fmt: skip
    return answer


@router.get("")
def home(request: Request, _: Mine) -> Response:
    """What can be done here."""
    return page(request, "my.html")


@router.post("/out")
def leave(_: MineForm) -> Response:
    """End the visit in this browser."""
    gone = RedirectResponse("/my/needs", 303)
    gone.delete_cookie(COOKIE, path="/my", httponly=True, samesite="strict")
    return gone


@router.get("/looks")
def looks(request: Request, who: Mine) -> Response:
    """Who looked."""
    rows = portal_of(request).platform.visits.looks(who) if who.proved else None
    return page(request, "my_looks.html", rows=rows)


@router.get("/consents")
def consents(request: Request, who: Mine) -> Response:
    """What was agreed to."""
    rows = portal_of(request).platform.visits.consents(who)
    return page(request, "my_consents.html", rows=rows, now=portal_of(request).clock())


@router.post("/consents/{number}")
def withdraw(request: Request, who: MineForm, number: int) -> Response:
    """Take it back."""
    portal_of(request).platform.visits.withdraw(who, number)
    return RedirectResponse("/my/consents", 303)


@router.get("/code")
def choose(request: Request, who: Mine) -> Response:
    """For which case, and for what."""
    return _code(request, who)


@router.post("/code")
def code(
    request: Request, who: MineForm, case: Text = "", types: Texts = None, purpose: Text = ""
) -> Response:
    """A code to show, once. Asked for again, it is a new one, and the old one has ended."""
    visits = portal_of(request).platform.visits
    if purpose not in PURPOSES or not types:
        return _code(request, who, case, say("my.code.choose"))
    made = visits.code(who, case, types, PURPOSES[purpose])
    (side, _, _), *rows = boxes(made.code)
    said = {"case": case, "types": types, "purpose": purpose}
    return page(request, "my_code.html", code=made, side=side, rows=rows, **said)


def _code(request: Request, who: Holder, wrong: str = "", problem: str = "") -> Response:
    rows: Sequence[object] = portal_of(request).platform.visits.cases(who)
    said = {"rows": rows, "wrong": wrong, "problem": problem}
    return page(request, "my_codes.html", 400 if problem else 200, **said)


@router.get("/licences")
def licences(request: Request, who: Mine) -> Response:
    """Own licences, what was reported of them, and how it stands."""
    return _licences(request, who)


@router.post("/licences/{licence}")
def report(
    request: Request, who: MineForm, licence: str, field: Text = "", why: Text = ""
) -> Response:
    """Say what is wrong."""
    try:
        portal_of(request).platform.visits.report(who, licence, field, why)
    except BadInput as error:
        return _licences(request, who, licence, error.message)
    return RedirectResponse("/my/licences", 303)


def _licences(request: Request, who: Holder, wrong: str = "", problem: str = "") -> Response:
    rows = portal_of(request).platform.visits.licences(who)
    said = {"rows": rows, "wrong": wrong, "problem": problem, "fields_of": fields_of}
    return page(request, "my_licences.html", 400 if problem else 200, **said)
