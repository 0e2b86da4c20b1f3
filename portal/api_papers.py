"""The API of what a case owes and is told, of corrections and of packages for the file room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from pydantic import BaseModel
from starlette.responses import Response

from certs.waivers.together import Together
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


KINDS = {"pdf": "application/pdf", "ofd": "application/ofd", "licence": "application/json"}


class Report(BaseModel):
    """What is wrong with a licence: a field, and why; no one's number."""

    field: str
    why: str


class Answer(BaseModel):
    """The department's answer, and its reason."""

    outcome: Literal["corrected", "refused"]
    why: str


class For(BaseModel):
    """What the file is needed for."""

    purpose: str


@dataclass(frozen=True)
class Kept:
    """The scan's id."""

    id: str


@dataclass(frozen=True)
class Reported:
    """The correction's number."""

    number: int


def _of(request: Request) -> PapersPort:
    return portal_of(request).platform.papers


@router.get("/plans", summary=say("api.plans.get"))
def plans(
    request: Request, account: Clerk, case: Annotated[list[str], Query(max_length=30)]
) -> Together:
    """The plans of an applicant's several cases as one."""
    return _of(request).together(account, case)


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


@router.get("/licences/{licence_id}/states", summary=say("api.licence.states"))
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


@router.post("/cases/{number}/scans", summary=say("api.scans.post"))
def keep_scan(
    request: Request,
    account: Clerk,
    number: str,
    licence_type: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    last_day: Annotated[date | None, Form()] = None,
) -> Kept:
    """Keep a scan that was compared with the original."""
    pdf = file.file.read()
    return Kept(_of(request).keep_scan(account, number, licence_type, pdf, last_day))


@router.post("/scans/{scan_id}/withdraw", status_code=204, summary=say("api.scans.withdraw"))
def withdraw_scan(request: Request, account: Clerk, scan_id: str) -> None:
    """A scan was compared wrongly."""
    _of(request).withdraw_scan(account, scan_id)


@router.post("/licences/{licence_id}/file", summary=say("api.file.post"))
def keep_file(
    request: Request, account: Officer, licence_id: str, file: Annotated[UploadFile, File()]
) -> dict[str, Any]:
    """Keep the issuer's own file; the verdict in three parts."""
    return _of(request).keep_file(account, licence_id, file.file.read()).as_json()


@router.post(
    "/cases/{number}/materials/{material_id}/original",
    summary=say("api.original.post"),
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "PDF, OFD"}},
)
def original(
    request: Request, account: Clerk, number: str, material_id: str, sent: For
) -> Response:
    """The issuer's own file of a licence."""
    made = _of(request).original(account, number, material_id, sent.purpose.strip()[:200])
    headers = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
    return Response(made.data, media_type=KINDS[made.kind], headers=headers)


def zipped(made: Package) -> Response:
    """A package as an answer, for a download."""
    name = "".join(c for c in made.name if c.isascii() and (c.isalnum() or c in "-_."))[:80]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made.data, media_type="application/zip", headers=headers)
