"""Pages of messages and corrections: a clerk reads and reports, a department answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.api_papers import zipped
from portal.guards import only, only_form
from portal.pages_clerk import wrong
from portal.port import Account
from portal.port_papers import OUTCOMES
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
ClerkForm = Annotated[Account, Depends(only_form("clerk"))]
Officer = Annotated[Account, Depends(only("dept"))]
OfficerForm = Annotated[Account, Depends(only_form("dept"))]
Text = Annotated[str, Form()]


@router.post("/clerk/messages/{number}")
def read(request: Request, account: ClerkForm, number: int) -> Response:
    """A message is read."""
    portal_of(request).platform.papers.read(account, number)
    return RedirectResponse("/clerk", 303)


@router.post("/clerk/cases/{number}/materials/{material_id}/report")
def report(
    request: Request,
    account: ClerkForm,
    number: str,
    material_id: str,
    field: Text = "",
    why: Text = "",
) -> Response:
    """Say that the licence that stands for a material is wrong."""
    try:
        portal_of(request).platform.papers.report(account, number, material_id, field, why)
    except BadInput as error:
        return wrong(request, account, number, error.message, f"why-{material_id}")
    return RedirectResponse(f"/clerk/cases/{number}", 303)


@router.get("/clerk/cases/{number}/package")
def package(request: Request, account: Clerk, number: str) -> Response:
    """The case's package for the file room."""
    return zipped(portal_of(request).platform.papers.package(account, number))


@router.get("/dept/corrections")
def corrections(request: Request, account: Officer) -> Response:
    """What the department is to answer, open ones first."""
    return _corrections(request, account)


def _corrections(
    request: Request, account: Account, wrong: int = 0, problem: str = "", why: str = ""
) -> Response:
    """`wrong`: the number of the one whose answer is not taken; `why`: what was typed."""
    rows = portal_of(request).platform.papers.corrections(account)
    is_open = any(one.id == wrong and not one.answer for one in rows)
    field = f"why-{wrong}" if is_open else ""  # somebody else may have answered meanwhile
    said = {"problem": problem, "field": field, "why": why}
    return page(request, "corrections.html", 400 if problem else 200, rows=rows, **said)


@router.post("/dept/corrections/{number}")
def answer(
    request: Request, account: OfficerForm, number: int, outcome: Text = "", why: Text = ""
) -> Response:
    """The department's answer."""
    chosen = next((one for one in OUTCOMES if one == outcome), None)
    if chosen is None:
        return _corrections(request, account, number, say("corrections.choose"), why)
    try:
        portal_of(request).platform.papers.answer(account, number, chosen, why)
    except BadInput as error:
        return _corrections(request, account, number, error.message, why)
    return RedirectResponse("/dept/corrections", 303)
