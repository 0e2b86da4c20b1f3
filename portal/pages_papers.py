"""Pages of messages and corrections: a clerk reads and reports, a department answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.api_papers import zipped
from portal.guards import only, only_form
from portal.port import Account
from portal.port_papers import OUTCOMES
from portal.render import page, portal_of

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
    portal_of(request).platform.papers.report(account, number, material_id, field, why)
    return RedirectResponse(f"/clerk/cases/{number}", 303)


@router.get("/clerk/cases/{number}/package")
def package(request: Request, account: Clerk, number: str) -> Response:
    """The case's package for the file room."""
    return zipped(portal_of(request).platform.papers.package(account, number))


@router.get("/dept/corrections")
def corrections(request: Request, account: Officer) -> Response:
    """What the department is to answer, open ones first."""
    rows = portal_of(request).platform.papers.corrections(account)
    return page(request, "corrections.html", rows=rows)


@router.post("/dept/corrections/{number}")
def answer(
    request: Request, account: OfficerForm, number: int, outcome: Text = "", why: Text = ""
) -> Response:
    """The department's answer."""
    chosen = next((one for one in OUTCOMES if one == outcome), None)
    if chosen is None:
        raise BadInput("请选择：属实已更正，或核实无误不予更正。")
    portal_of(request).platform.papers.answer(account, number, chosen, why)
    return RedirectResponse("/dept/corrections", 303)
