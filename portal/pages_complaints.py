"""Complaints of papers asked for again; and the monthly letter to a department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from portal.guards import only, only_form
from portal.letter import letter_values
from portal.port import Account
from portal.port_bureau import ANSWERS, PAGE, SOURCES, BureauPort
from portal.render import page, portal_of
from portal.words import say
from registry import departments

router = APIRouter(include_in_schema=False)
Bureau = Annotated[Account, Depends(only("bureau"))]
BureauForm = Annotated[Account, Depends(only_form("bureau"))]
Officer = Annotated[Account, Depends(only("dept"))]
Text = Annotated[str, Form()]
HERE = "/bureau/complaints"
YEAR = timedelta(days=364)


def _today(request: Request) -> date:
    return portal_of(request).clock().astimezone(CITY_TIME).date()


def _bureau(request: Request) -> BureauPort:
    return portal_of(request).platform.bureau


@router.get(HERE)
def complaints(
    request: Request,
    _: Bureau,
    state: str = "open",
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The work list: what is open, or what was answered."""
    return _list(request, is_open=state != "answered", after=after)


def _list(
    request: Request, *, is_open: bool = True, after: str = "", status: int = 200, **more: Any
) -> Response:
    found, names = _bureau(request).complaints(is_open=is_open, after=_after(after))
    last = found[PAGE - 1] if len(found) > PAGE else None
    values: dict[str, Any] = {"problem": "", "imported": None, "wrong": 0, "sent": {}, **more}
    is_there = any(one.id == values["wrong"] for one in found[:PAGE])  # nobody was quicker
    place = "w" if values["sent"].get("outcome") else "o"
    here = f"{place}-{values['wrong']}" if is_there else ""
    values["field"] = here if values["wrong"] else "file"
    return page(
        request,
        "complaints.html",
        status,
        rows=found[:PAGE],
        names=names,
        is_open=is_open,
        numbers=_bureau(request).complaint_numbers(),
        sources=SOURCES,
        answers=ANSWERS,
        next=f"{last.said_on}~{last.id}" if last else "",
        since=(_today(request) - YEAR).isoformat(),
        **values,
    )


def _after(said: str) -> tuple[date, int] | None:
    if not said:
        return None
    day, _, number = said.partition("~")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise BadInput("这个翻页地址不对，请从第一页重新打开。") from None


@router.post(HERE)
def take_in(
    request: Request,
    account: BureauForm,
    source: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Import a table; what became of it is said on the page."""
    data = file.file.read() if file is not None else b""
    try:
        if not data:
            raise BadInput(say("complaints.nofile"))
        done = _bureau(request).import_complaints(account, source, data)
    except BadInput as error:
        return _list(request, status=400, problem=error.message)
    return _list(request, imported=done)


@router.post(HERE + "/{number}")
def answer(
    request: Request, account: BureauForm, number: int, outcome: Text = "", why: Text = ""
) -> Response:
    """What became of a complaint."""
    try:
        _bureau(request).answer_complaint(account, number, outcome, why)
    except BadInput as error:
        sent = {"outcome": outcome, "why": why}
        return _list(request, status=400, problem=error.message, wrong=number, sent=sent)
    return RedirectResponse(HERE, 303)


@router.get("/dept/letter")
def letter(
    request: Request, account: Officer, month: Annotated[str, Query(max_length=7)] = ""
) -> Response:
    """The department's letter of a month; without one: of this month so far."""
    if account.department is None:
        raise BadInput(say("dept.empty"))
    return _letter(request, account.department, month, ())


@router.get("/bureau/letter")
def any_letter(
    request: Request,
    _: Bureau,
    department: Annotated[str, Query(max_length=100)] = "",
    month: Annotated[str, Query(max_length=7)] = "",
) -> Response:
    """Any department's, for the bureau that sends it; without one: the first department's."""
    every = tuple(departments.load())
    return _letter(request, department or every[0], month, every)


def _letter(request: Request, department: str, month: str, every: Sequence[str]) -> Response:
    chosen = month or f"{_today(request):%Y-%m}"
    values: dict[str, Any] = {"month": chosen, "department": department, "departments": every}
    try:
        found = _bureau(request).letter(department, chosen)
    except BadInput as error:
        return page(request, "dept_letter.html", 400, problem=error.message, **values)
    return page(request, "dept_letter.html", problem="", **values, **letter_values(found))
