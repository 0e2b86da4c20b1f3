"""The 建议单: what the city asks of the province's base catalogue, listed and downloaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from portal.api_judging import EXCEL
from portal.guards import only
from portal.port import Account
from portal.port_judging import WISH_STATES, evidence_words
from portal.render import page, portal_of

router = APIRouter(prefix="/catalog/wishes", include_in_schema=False)
Reader = Annotated[Account, Depends(only("judging"))]


@router.get("")
def wishes(request: Request, account: Reader, state: str = "") -> Response:
    """All, or those of a state, the newest first."""
    every = portal_of(request).platform.judging.wishes(account)
    wanted = state if state in WISH_STATES else ""
    counts = {one: sum(wish.state == one for wish in every) for one in WISH_STATES}
    return page(
        request,
        "wishes.html",
        rows=[one for one in reversed(every) if wanted in ("", one.state)],
        state=wanted,
        counts={one: count for one, count in counts.items() if count or one == wanted},
        total=len(every),
        evidence=evidence_words,
    )


@router.get("/export")
def export(request: Request, account: Reader, state: str = "") -> Response:
    """The same as a file for the province."""
    wanted = state if state in WISH_STATES else None
    data = portal_of(request).platform.judging.wish_book(account, wanted)
    said = {"Content-Disposition": 'attachment; filename="wishes.xlsx"'}
    return Response(data, media_type=EXCEL, headers=said)
