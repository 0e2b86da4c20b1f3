"""The API of what a case owes and is told, of corrections and of packages for the file room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from portal.api import CASES, PROBLEMS, Clerk
from portal.guards import only_api
from portal.port import Account
from portal.port_papers import Correction, Message, Package, PapersPort, Promise, StateChange
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CASES])
Papers = Annotated[Account, Depends(only_api("papers"))]
Officer = Annotated[Account, Depends(only_api("dept"))]
Systems = Annotated[Account, Depends(only_api("systems"))]


class Report(BaseModel):
    """What is wrong with a licence: a field, and why; no one's number."""

    field: str
    why: str


class Answer(BaseModel):
    """The department's answer, and its reason."""

    outcome: Literal["corrected", "refused"]
    why: str


@dataclass(frozen=True)
class Reported:
    """The correction's number."""

    number: int


def _of(request: Request) -> PapersPort:
    return portal_of(request).platform.papers


@router.get("/messages", summary=say("api.messages.get"))
def messages(request: Request, account: Clerk) -> list[Message]:
    """What the platform tells my posts."""
    return _of(request).messages(account)


@router.post("/messages/{number}/read", status_code=204, summary=say("api.messages.read"))
def read(request: Request, account: Clerk, number: int) -> None:
    """A message is read."""
    _of(request).read(account, number)


@router.get("/promises", summary=say("api.promises.get"))
def promises(request: Request, account: Clerk) -> list[Promise]:
    """What cases of my posts were accepted without."""
    return _of(request).promises(account)


@router.post("/cases/{number}/materials/{material_id}/report", summary=say("api.report.post"))
def report(
    request: Request, account: Clerk, number: str, material_id: str, sent: Report
) -> Reported:
    """Say that a licence is wrong."""
    made = _of(request).report(account, number, material_id, sent.field, sent.why)
    return Reported(made)


@router.get("/corrections", summary=say("api.corrections.get"))
def corrections(request: Request, account: Papers) -> list[Correction]:
    """Corrections of my department or of my posts."""
    return _of(request).corrections(account)


@router.post("/corrections/{number}/answer", status_code=204, summary=say("api.answer.post"))
def answer(request: Request, account: Officer, number: int, sent: Answer) -> None:
    """Answer a correction for my department."""
    _of(request).answer(account, number, sent.outcome, sent.why)


@router.get("/licences/{licence_id}/states", summary=say("api.states.get"))
def states(request: Request, account: Systems, licence_id: str) -> list[StateChange]:
    """The states of a licence."""
    return _of(request).history(account, licence_id)


@router.get(
    "/cases/{number}/package",
    summary=say("api.package.get"),
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "ZIP"}},
)
def package(request: Request, account: Clerk, number: str) -> Response:
    """A case's package for the file room."""
    return zipped(_of(request).package(account, number))


def zipped(made: Package) -> Response:
    """A package as an answer, for a download."""
    name = "".join(c for c in made.name if c.isascii() and (c.isalnum() or c in "-_."))[:80]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made.data, media_type="application/zip", headers=headers)
