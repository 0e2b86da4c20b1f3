"""A clerk's page of a case: a licence of an outside issuer is handed in as a file and judged."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from starlette.responses import Response

from kernel.errors import BadInput
from portal.filled import day
from portal.guards import only, only_form
from portal.port import Account
from portal.render import page, portal_of
from portal.sent import Sent, one
from portal.words import say

router = APIRouter(prefix="/clerk/cases/{number}/outside", include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
ClerkForm = Annotated[Account, Depends(only_form("clerk"))]


@router.get("")
def outside(request: Request, account: Clerk, number: str) -> Response:
    """Which licences the applicant would have to bring, and the form for a file of one."""
    return _outside(request, account, number)


def _outside(
    request: Request, account: Account, number: str, status: int = 200, /, **shown: Any
) -> Response:
    plan = portal_of(request).platform.plan(account, number)
    waiting = [line for line in plan.lines if line.verdict == "bring" and line.scannable]
    types = sorted({name for line in waiting for name in line.scannable})
    values: dict[str, Any] = {"problem": "", "field": "", "chosen": "", "made": None, **shown}
    return page(request, "outside.html", status, plan=plan, types=types, **values)


@router.post("")
def recognise(
    request: Request,
    account: ClerkForm,
    number: str,
    sent: Sent,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Judge the file: usable at once, or a clerk must see the original."""
    data, chosen = file.file.read() if file else b"", one(sent, "licence_type")
    field = "file"
    try:
        if not data:
            raise BadInput(say("outside.no_file"))
        field = "until"
        last = day(sent, "until")
        field = "file"
        made = portal_of(request).platform.outside.recognise(account, number, chosen, data, last)
    except BadInput as error:
        shown = {"problem": error.message, "field": field, "chosen": chosen}
        return _outside(request, account, number, 400, **shown)
    return _outside(request, account, number, made=made, chosen=chosen)
