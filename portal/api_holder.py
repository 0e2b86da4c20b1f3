"""The API of holders: who looked; own licences and what is wrong there, by the city's app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from portal.api import CASES, PROBLEMS, Clerk, raw_body
from portal.port import HolderEntry
from portal.port_papers import OwnLicence
from portal.render import portal_of
from portal.words import say

Body = Annotated[bytes, Depends(raw_body)]


@dataclass(frozen=True)
class Reported:
    """The correction's number."""

    number: int


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


@router.post("/window/licences", summary=say("api.window.licences"))
def own(request: Request, body: Body) -> list[OwnLicence]:
    """Signed by the city's app: a signed-in holder's licences and their corrections."""
    return portal_of(request).platform.papers.own(request.headers, body)


@router.post("/window/corrections", summary=say("api.window.corrections"))
def wrong(request: Request, body: Body) -> Reported:
    """Signed by the city's app: a signed-in holder says that an own licence is wrong."""
    return Reported(portal_of(request).platform.papers.report_own(request.headers, body))
