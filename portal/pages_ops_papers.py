"""Pages of operations to read and to print: alarms, the report of a day, a letter to an owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from portal.filled import Before, day_of
from portal.guards import only
from portal.port import Account
from portal.render import page, portal_of

router = APIRouter(prefix="/ops", include_in_schema=False)
Ops = Annotated[Account, Depends(only("ops"))]


@router.get("/alarms")
def alarms(request: Request, _: Ops, before: Before = None) -> Response:
    """Open alarms, ended ones, and what was told of each."""
    found = portal_of(request).platform.ops.alarms(before)
    return page(request, "alarms.html", alarms=found, paged=before is not None)


@router.get("/report")
def report(request: Request, _: Ops, day: str = "") -> Response:
    """The report of a day; today's so far unless told."""
    portal = portal_of(request)
    today = portal.clock().astimezone(CITY_TIME).date()
    try:
        asked = day_of(day) or today
        made = portal.platform.ops.report(asked)
    except BadInput as error:
        made, asked, problem, status = portal.platform.ops.report(today), today, error.message, 400
    else:
        problem, status = "", 200
    shown = {"report": made, "problem": problem, "before": asked - timedelta(days=1)}
    after = asked + timedelta(days=1) if asked < today else None
    return page(request, "daily.html", status, after=after, **shown)


@router.get("/systems/{code}/letter")
def letter(request: Request, _: Ops, code: str, since: str = "", until: str = "") -> Response:
    """The letter to a system's owner, ready to be printed."""
    ops = portal_of(request).platform.ops
    try:
        made, problem, status = ops.letter(code, day_of(since), day_of(until)), "", 200
    except BadInput as error:
        made, problem, status = ops.letter(code, None, None), error.message, 400
    return page(request, "letter.html", status, letter=made, problem=problem)
