"""Pages of connecting a system: where it stands, its source, its tables, checks, handing on."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadContract, BadInput, Refused, ZhongtaiError
from portal.guards import only, only_form
from portal.placed import placed
from portal.port import Account
from portal.port_connecting import KINDS, ConnectingPort
from portal.render import page, portal_of
from portal.sent import Sent, every, one
from portal.words.asked import asked
from registry.form import questions
from registry.formtyped import as_typed

router = APIRouter(prefix="/connect", include_in_schema=False)
Engineer = Annotated[Account, Depends(only("numbers"))]
EngineerForm = Annotated[Account, Depends(only_form("numbers"))]
Ops = Annotated[Account, Depends(only("ops"))]
OpsForm = Annotated[Account, Depends(only_form("ops"))]
Text = Annotated[str, Form(max_length=200)]
#: What a step says when it was done.
DONE: Final = ("kept", "looked", "moved", "submitted", "approved", "sent_back", "rolled_back")


def connecting(request: Request) -> ConnectingPort:
    """What the pages ask."""
    return portal_of(request).platform.connecting


@router.get("")
def systems(request: Request, _: Engineer) -> Response:
    """Drafts that wait, and every system on its way, the longest first."""
    rows = [one for one in portal_of(request).platform.registering.rows() if one.state != "live"]
    coming = sorted(rows, key=lambda row: (-row.days, row.code))
    return page(request, "connect.html", waiting=connecting(request).waiting(), coming=coming)


@router.get("/{code}")
def system(request: Request, _: Engineer, code: str, done: str = "") -> Response:
    """Where one system stands and what may follow."""
    return _system(request, code, done=done if done in DONE else "")


def _system(
    request: Request, code: str, status: int = 200, *, problem: str = "", done: str = ""
) -> Response:
    found = connecting(request).coming(code)
    typed, _ = as_typed(found.form)
    shows = [asked(question) for question in questions()]
    shown = {"questions": shows, "typed": typed, "problem": problem, "done": done}
    return page(request, "connect_system.html", status, coming=found, **shown)


@router.post("/{code}/move")
def move(
    request: Request, account: EngineerForm, code: str, state: Text = "", why: Text = ""
) -> Response:
    """One step on or back, with the reason."""
    try:
        portal_of(request).platform.registering.move(code, state, account.name, why)
    except BadInput as error:
        return _system(request, code, 400, problem=error.message)
    return RedirectResponse(f"/connect/{code}?done=moved", 303)


@router.get("/{code}/source")
def source(request: Request, _: Ops, code: str, done: str = "") -> Response:
    """Address, way of signing in, secrets by name."""
    return _source(request, code, done=done == "chosen")


def _source(
    request: Request, code: str, status: int = 200, *, problem: str = "", done: bool = False
) -> Response:
    found = connecting(request).sketch(code)
    lists = [one for one in found.paths if one.startswith("/")]  # only a gateway's are typed
    shown = {"kinds": KINDS, "typed": "\n".join(lists), "problem": problem, "done": done}
    return page(request, "connect_source.html", status, sketch=found, **shown)


@router.post("/{code}/source")
def connect(request: Request, account: OpsForm, code: str, sent: Sent) -> Response:
    """Keep it and try it. Another way of signing in asks for other secrets first."""
    found = connecting(request).sketch(code)
    auth = one(sent, "auth") or None
    paths = one(sent, "paths").splitlines()
    values = {row.key: one(sent, f"secret-{row.key}") for row in found.secrets}
    try:
        shows = connecting(request).connect(code, auth, paths, values, account.name)
    except Refused:
        raise
    except ZhongtaiError as error:
        return _source(request, code, 400, problem=error.message)
    after = "source?done=chosen" if shows is None else "tables"
    return RedirectResponse(f"/connect/{code}/{after}", 303)


@router.get("/{code}/tables")
def tables(request: Request, _: Ops, code: str) -> Response:
    """What the source shows."""
    return _tables(request, code)


def _tables(request: Request, code: str, status: int = 200, *, problem: str = "") -> Response:
    found = connecting(request).sketch(code)
    return page(request, "connect_tables.html", status, sketch=found, problem=problem)


@router.post("/{code}/tables")
def look(request: Request, account: OpsForm, code: str, sent: Sent) -> Response:
    """Look at those that are ticked."""
    try:
        connecting(request).look(code, every(sent, "path"), account.name)
    except Refused:
        raise
    except ZhongtaiError as error:
        return _tables(request, code, 400, problem=error.message)
    return RedirectResponse(f"/connect/{code}/mapping?done=looked", 303)


@router.get("/{code}/check")
def check(request: Request, _: Ops, code: str) -> Response:
    """What is still missing, the YAML, what it changes."""
    return _check(request, code)


def _check(
    request: Request, code: str, status: int = 200, *, problem: str = "", **shown: Any
) -> Response:
    found = connecting(request).sketch(code)
    drafts = connecting(request).coming(code).drafts
    values: dict[str, Any] = {"tried": None, "drafts": drafts, **shown}
    flaws = [placed(code, flaw) for flaw in found.flaws]
    return page(
        request, "connect_check.html", status, sketch=found, flaws=flaws, problem=problem, **values
    )


@router.post("/{code}/check")
def try_out(request: Request, account: OpsForm, code: str) -> Response:
    """A dry run: the first batch of each stream, judged; nothing is kept."""
    try:
        found = connecting(request).try_out(code, account.name)
    except BadContract:
        return _check(request, code, 400)
    except Refused:
        raise
    except ZhongtaiError as error:
        return _check(request, code, 400, problem=error.message)
    return _check(request, code, tried=found)


@router.post("/{code}/hand-on")
def hand_on(request: Request, account: OpsForm, code: str) -> Response:
    """For another person's approval."""
    try:
        connecting(request).hand_on(code, account.name)
    except BadContract:
        return _check(request, code, 400)
    except BadInput as error:
        return _check(request, code, 400, problem=error.message)
    return RedirectResponse(f"/connect/{code}?done=submitted", 303)
