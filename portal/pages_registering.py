"""Pages of an officer who registers a system and confirms what ops made of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.api_registering import excel
from portal.guards import only, only_form
from portal.port import Account
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
Officer = Annotated[Account, Depends(only("dept"))]
OfficerForm = Annotated[Account, Depends(only_form("dept"))]
Text = Annotated[str, Form()]


@router.get("/dept/register")
def register(request: Request, _: Officer, done: str = "") -> Response:
    """The form to download, and where to upload it."""
    there = {one.code for one in portal_of(request).platform.registering.rows()}
    return page(request, "register.html", problems=[], done=done if done in there else "")


@router.get("/dept/form.xlsx")
def form(request: Request, _: Officer) -> Response:
    """The empty form."""
    return excel(portal_of(request).platform.registering.blank_form())


@router.post("/dept/register")
def take(
    request: Request, account: OfficerForm, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Take a filled form; its mistakes all at once."""
    data = file.file.read() if file else b""
    if not data:
        return page(request, "register.html", 400, problems=[say("register.empty")], done="")
    try:
        code = portal_of(request).platform.registering.take_form(
            data, account.name, account.department
        )
    except BadInput as error:
        return page(request, "register.html", 400, problems=error.message.splitlines(), done="")
    return RedirectResponse(f"/dept/register?done={code}", 303)


@router.get("/dept/systems/{code}/confirm")
def confirm_page(request: Request, account: Officer, code: str) -> Response:
    """The summary with sample rows."""
    return _confirm(request, account, code)


def _confirm(
    request: Request, account: Account, code: str, problem: str = "", status: int = 200
) -> Response:
    found = portal_of(request).platform.registering.summary(code, account)
    return page(request, "confirm.html", status, summary=found, problem=problem)


@router.post("/dept/systems/{code}/confirm")
def confirm(
    request: Request,
    account: OfficerForm,
    code: str,
    digest: Text = "",
    answer: Text = "",
    reason: Text = "",
) -> Response:
    """The officer's yes or no."""
    registering = portal_of(request).platform.registering
    try:
        registering.confirm(account, code, digest, answer, reason)
    except BadInput as error:
        return _confirm(request, account, code, error.message, 400)
    return RedirectResponse(f"/dept/systems/{code}/confirm", 303)
