"""Pages of an officer who registers a system and confirms what ops made of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.api_registering import excel
from portal.guards import only, only_form
from portal.port import Account
from portal.render import page, portal_of
from portal.sent import Sent, every, one
from portal.words import say
from portal.words.asked import asked
from registry.form import questions, type_names
from registry.formtyped import GIVES, as_typed, read_typed

router = APIRouter(include_in_schema=False)
Officer = Annotated[Account, Depends(only("dept"))]
OfficerForm = Annotated[Account, Depends(only_form("dept"))]
Text = Annotated[str, Form()]


@router.get("/dept/register")
def register(
    request: Request,
    account: Officer,
    done: str = "",
    code: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """The form, in the page and as Excel; with a code that system's, to be filled in anew."""
    registering = portal_of(request).platform.registering
    there = {row.code for row in registering.rows()}
    if code:
        said, gives = as_typed(registering.filled(code, account.department))
        return _register(request, said=said | {"code": code}, gives=gives)
    return _register(request, done=done if done in there else "")


def _register(request: Request, status: int = 200, /, **shown: Any) -> Response:
    values: dict[str, Any] = {"problems": [], "wrong": {}, "said": {}, "gives": (), "done": ""}
    shows = [asked(question) for question in questions()]
    labels = {q.key: q.label for q in shows} | {GIVES: say("register.types")}
    fixed: dict[str, Any] = {"questions": shows, "labels": labels, "types": type_names()}
    return page(request, "register.html", status, **fixed, **{**values, **shown})


@router.post("/dept/register/typed")
def take_typed(request: Request, account: OfficerForm, sent: Sent) -> Response:
    """Take the form that was typed into the page; its mistakes all at once, nothing lost."""
    said = {q.key: one(sent, q.key) for q in questions()}
    said["department"] = account.department or ""
    gives = every(sent, GIVES)
    registering = portal_of(request).platform.registering
    _, wrong = read_typed(said, gives)
    if not wrong:
        try:
            code = registering.take_typed(said, gives, account.name, account.department)
        except BadInput as error:
            wrong = {"code": error.message}
        else:
            return RedirectResponse(f"/dept/register?done={code}", 303)
    return _register(request, 400, wrong=wrong, said=said, gives=gives)


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
        return _register(request, 400, problems=[say("register.empty")])
    try:
        code = portal_of(request).platform.registering.take_form(
            data, account.name, account.department
        )
    except BadInput as error:
        return _register(request, 400, problems=error.message.splitlines())
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
