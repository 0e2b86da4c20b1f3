"""What people do about refused rows, findings and holds: download, replay, acknowledge, release."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused, ZhongtaiError
from portal.guards import only, only_api, only_form
from portal.pages_ops import wrong
from portal.pages_staff import department_page
from portal.port import Account, ReplayCounts
from portal.render import portal_of
from portal.words import say

router = APIRouter()
Officer = Annotated[Account, Depends(only("dept"))]
OfficerForm = Annotated[Account, Depends(only_form("dept"))]
OpsForm = Annotated[Account, Depends(only_form("ops"))]
OpsCall = Annotated[Account, Depends(only_api("ops"))]
Why = Annotated[str, Form(max_length=200)]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/dept/systems/{code}/refused.xlsx", include_in_schema=False)
def download(request: Request, account: Officer, code: str) -> Response:
    """The refused rows of one of the department's systems as Excel."""
    data = portal_of(request).platform.refused_book(account, code)
    name = "".join(c for c in code if c.isascii() and (c.isalnum() or c == "_"))
    headers = {"Content-Disposition": f'attachment; filename="{name}-refused.xlsx"'}
    return Response(data, media_type=EXCEL, headers={**headers, "Cache-Control": "no-store"})


@router.post("/dept/systems/{code}/replay", include_in_schema=False)
def replay_by_officer(request: Request, account: OfficerForm, code: str) -> Response:
    """Judge the department's refused rows again."""
    platform = portal_of(request).platform
    if code not in {tile.code for tile in platform.department_systems(account)}:
        raise Refused("this system belongs to another department", reason="other_department")
    return _replayed(f"/dept/systems/{code}", platform.replay(account, code))


@router.post("/ops/systems/{code}/replay", include_in_schema=False)
def replay_by_ops(request: Request, account: OpsForm, code: str) -> Response:
    """Judge a system's refused rows again."""
    return _replayed(f"/ops/systems/{code}", portal_of(request).platform.replay(account, code))


@router.post("/dept/systems/{code}/refused/{number}/again", include_in_schema=False)
def read_again_by_officer(
    request: Request, account: OfficerForm, code: str, number: int
) -> Response:
    """Ask the source for one of the department's refused rows."""
    try:
        done = portal_of(request).platform.read_again(account, code, number)
    except Refused:
        raise
    except ZhongtaiError as error:
        return department_page(request, account, code, problem=error.message, field=f"r-{number}")
    return RedirectResponse(f"/dept/systems/{code}?again={done}#r-{number}", 303)


@router.post("/ops/systems/{code}/refused/{number}/again", include_in_schema=False)
def read_again_by_ops(request: Request, account: OpsForm, code: str, number: int) -> Response:
    """Ask the source for a refused row."""
    try:
        done = portal_of(request).platform.read_again(account, code, number)
    except Refused:
        raise
    except ZhongtaiError as error:
        return wrong(request, code, error.message, f"r-{number}")
    return RedirectResponse(f"/ops/systems/{code}?again={done}#refused", 303)


def _replayed(page: str, done: ReplayCounts) -> Response:
    counts = f"looked={done.looked_at}&stored={done.stored}&refused={done.refused}"
    return RedirectResponse(f"{page}?{counts}", 303)


@router.post("/ops/systems/{code}/findings/{number}", include_in_schema=False)
def acknowledge(
    request: Request, account: OpsForm, code: str, number: int, why: Why = ""
) -> Response:
    """Say that a finding is known and why it may stay."""
    try:
        portal_of(request).platform.acknowledge(account, code, number, why)
    except BadInput as error:
        return wrong(request, code, error.message, f"f-{number}")
    return RedirectResponse(f"/ops/systems/{code}#findings", 303)


@router.post("/ops/systems/{code}/holds/{number}", include_in_schema=False)
def release(request: Request, account: OpsForm, code: str, number: int, why: Why = "") -> Response:
    """Let a system be sealed again although a figure is not right."""
    try:
        portal_of(request).platform.release(account, code, number, why)
    except BadInput as error:
        return wrong(request, code, error.message, f"h-{number}")
    return RedirectResponse(f"/ops/systems/{code}", 303)


@router.post(
    "/api/v1/systems/{code}/replay", tags=[say("api.systems")], summary=say("api.replay.post")
)
def replay_by_call(request: Request, account: OpsCall, code: str) -> ReplayCounts:
    """Judge a system's refused rows again."""
    return portal_of(request).platform.replay(account, code)
