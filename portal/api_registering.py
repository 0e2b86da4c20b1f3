"""The API of a system's way in: forms, states, confirmations, drafts, versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from pydantic import BaseModel
from starlette.responses import Response

from portal.api import PROBLEMS, SYSTEMS, Numbers, Systems
from portal.guards import only_api
from portal.port import Account
from portal.port_registering import (
    Change,
    ConnectionRow,
    Difference,
    RegisteringPort,
    Submitted,
    SummaryPage,
    Version,
)
from portal.render import portal_of
from portal.words import say

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[SYSTEMS])
Officer = Annotated[Account, Depends(only_api("dept"))]


class Step(BaseModel):
    """The state to move to and why."""

    state: str
    why: str


class Said(BaseModel):
    """`confirmed` or `sent_back`, for the contract of that digest."""

    digest: str
    answer: str
    reason: str = ""


class Typed(BaseModel):
    """The form's answers by their keys (`registry.form`), and the licence types it gives."""

    answers: dict[str, str]
    gives: list[str] = []


class Draft(BaseModel):
    """A contract's YAML."""

    text: str


@dataclass(frozen=True)
class Done:
    """The system, and the version where there is one."""

    system: str
    version: int | None


def _of(request: Request) -> RegisteringPort:
    return portal_of(request).platform.registering


@router.get("/states", summary=say("api.states.get"))
def states(request: Request, account: Systems) -> list[ConnectionRow]:
    """Where each system stands; for an officer, those of the department."""
    rows = _of(request).rows()
    if account.role == "officer":
        return [one for one in rows if one.department == account.department]
    return rows


@router.post("/systems/{code}/state", summary=say("api.states.post"))
def move(request: Request, account: Numbers, code: str, sent: Step) -> Done:
    """One step."""
    _of(request).move(code, sent.state, account.name, sent.why)
    return Done(code, None)


@router.get("/systems/{code}/history", summary=say("api.history.get"))
def history(request: Request, _: Numbers, code: str) -> list[Change]:
    """The changes, the newest first."""
    return _of(request).history(code)


@router.get(
    "/forms/blank",
    summary=say("api.form.get"),
    response_class=Response,
    responses={200: {"content": {EXCEL: {}}, "description": "Excel"}},
)
def blank(request: Request, _: Systems) -> Response:
    """The empty form."""
    return excel(_of(request).blank_form())


def excel(data: bytes) -> Response:
    """The form as a download."""
    said = {"Content-Disposition": 'attachment; filename="zhongtai-form.xlsx"'}
    return Response(data, media_type=EXCEL, headers=said)


@router.post("/forms", summary=say("api.form.post"))
def take(request: Request, account: Systems, file: Annotated[UploadFile, File()]) -> Done:
    """Take a filled form; an officer's must be of the department."""
    own = account.department if account.role == "officer" else None
    return Done(_of(request).take_form(file.file.read(), account.name, own), None)


@router.post("/forms/typed", summary=say("api.form.typed"))
def take_typed(request: Request, account: Systems, sent: Typed) -> Done:
    """The same form as JSON, in the words of its drop-downs; an officer's of the department."""
    own = account.department if account.role == "officer" else None
    taken = _of(request).take_typed(sent.answers, sent.gives, account.name, own)
    return Done(taken, None)


@router.get("/systems/{code}/summary", summary=say("api.summary.get"))
def summary(request: Request, account: Systems, code: str) -> SummaryPage:
    """Sentences and sample rows; masked for all but the department's officer."""
    return _of(request).summary(code, account)


@router.post("/systems/{code}/confirmation", summary=say("api.confirm.post"))
def confirm(request: Request, account: Officer, code: str, sent: Said) -> Done:
    """Yes or no."""
    _of(request).confirm(account, code, sent.digest, sent.answer, sent.reason)
    return Done(code, None)


@router.post("/drafts", summary=say("api.draft.post"))
def submit(request: Request, account: Numbers, sent: Draft) -> Submitted:
    """Hand on for approval."""
    return _of(request).submit(sent.text, account.name)


@router.post("/systems/{code}/versions/{version}/approve", summary=say("api.approve.post"))
def approve(request: Request, account: Numbers, code: str, version: int) -> Done:
    """Approve another person's draft."""
    _of(request).approve(code, version, account.name)
    return Done(code, version)


@router.post("/systems/{code}/versions/{version}/rollback", summary=say("api.rollback.post"))
def rollback(request: Request, account: Numbers, code: str, version: int) -> Done:
    """Back to that version."""
    return Done(code, _of(request).rollback(code, version, account.name))


@router.get("/systems/{code}/versions", summary=say("api.versions.get"))
def versions(request: Request, _: Numbers, code: str) -> list[Version]:
    """The newest first."""
    return _of(request).versions(code)


@router.get("/systems/{code}/diff", summary=say("api.diff.get"))
def diff(
    request: Request, _: Numbers, code: str, old: int | None = None, new: int | None = None
) -> list[Difference]:
    """The newest with the one before it unless named."""
    return _of(request).diff(code, old, new)
