"""Pages of scans: a clerk keeps one that was compared with its original, or says it was wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.filled import day
from portal.guards import only_form
from portal.pages_clerk import wrong
from portal.port import Account
from portal.render import portal_of
from portal.sent import Sent, one
from portal.words import say

router = APIRouter(prefix="/clerk/cases", include_in_schema=False)
ClerkForm = Annotated[Account, Depends(only_form("clerk"))]


@router.post("/{number}/materials/{material_id}/scan")
def keep(
    request: Request,
    account: ClerkForm,
    number: str,
    material_id: str,
    sent: Sent,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep a scan of a paper, which then need not be brought again."""
    pdf = file.file.read() if file else b""
    field = f"scan-{material_id}"
    if not pdf:
        return wrong(request, account, number, say("scan.no_file"), field)
    if not one(sent, "compared"):
        return wrong(request, account, number, say("scan.not_compared"), f"compared-{material_id}")
    try:
        last = day(sent, "last_day")
    except BadInput as error:
        return wrong(request, account, number, error.message, f"day-{material_id}")
    try:
        kind = one(sent, "licence_type")
        portal_of(request).platform.papers.keep_scan(account, number, kind, pdf, last)
    except BadInput as error:
        return wrong(request, account, number, error.message, field)
    return RedirectResponse(f"/clerk/cases/{number}", 303)


@router.post("/{number}/scans/{scan_id}/withdraw")
def withdraw(request: Request, account: ClerkForm, number: str, scan_id: str) -> Response:
    """It was compared wrongly, or is another's."""
    try:
        portal_of(request).platform.papers.withdraw_scan(account, scan_id)
    except BadInput as error:
        return wrong(request, account, number, error.message, f"unscan-{scan_id}")
    return RedirectResponse(f"/clerk/cases/{number}", 303)
