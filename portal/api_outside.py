"""The API of outside issuers: their lists, and the licences that they sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile

from portal.api import PROBLEMS, Clerk, Numbers
from portal.api_rights import Body
from portal.port_outside import ListShown, OutsidePort
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[say("api.outside")])


@dataclass(frozen=True)
class HandedIn:
    """A: usable at once; C: a clerk must see the original. `verdict`: as of any file."""

    grade: Literal["A", "C"]
    verdict: dict[str, Any]
    scan: str | None


def _of(request: Request) -> OutsidePort:
    return portal_of(request).platform.outside


@router.get("/issuer-lists", summary=say("api.issuers.get"))
def lists(request: Request, _: Numbers) -> list[ListShown]:
    """The list in force of each authority, and until when."""
    return _of(request).lists()


@router.post("/issuer-lists", summary=say("api.issuers.post"))
def take(request: Request, account: Numbers, body: Body) -> ListShown:
    """Take a signed list of issuers, as its authority wrote it."""
    return _of(request).take(account, body)


@router.post("/cases/{number}/outside", summary=say("api.outside.post"))
def recognise(
    request: Request,
    account: Clerk,
    number: str,
    licence_type: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    until: Annotated[date | None, Form()] = None,
) -> HandedIn:
    """A licence from outside that the applicant hands in, PDF or OFD."""
    made = _of(request).recognise(account, number, licence_type, file.file.read(), until)
    return HandedIn(made.grade, made.verdict.as_json(), made.scan)
