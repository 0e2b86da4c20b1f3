"""The API of holders: who looked at the applicant who stands at the window."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from portal.api import CASES, PROBLEMS, Clerk
from portal.port import HolderEntry
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CASES])


@router.get("/cases/{number}/looks", summary=say("api.seen.get"))
def looks(
    request: Request,
    account: Clerk,
    number: str,
    before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[HolderEntry]:
    """Which office used the applicant's data, when, for what; the newest first."""
    return portal_of(request).platform.seen_of_case(account, number, before, limit)
