"""The bureau's big screen: the last thirty days, on a wall."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from portal import charts
from portal.figures import NEXT, Bureau, asked, bureau_of, common, share, whole_share
from portal.port_bureau import REASONS
from portal.render import page, portal_of

router = APIRouter(prefix="/bureau", include_in_schema=False)
SCREEN_LINES = 6


@router.get("/screen")
def screen(request: Request, _: Bureau) -> Response:
    """The big screen: the last thirty days, refreshing itself."""
    return _screen(request, "screen.html")


@router.get("/screen/part")
def screen_part(request: Request, _: Bureau) -> Response:
    """Only what changes, for the page that refreshes itself."""
    return _screen(request, "screen_part.html")


def _screen(request: Request, name: str) -> Response:
    days = asked(request)
    found = bureau_of(request).overview(days.of)
    counties = bureau_of(request).counties(found.sums)
    shares = {one.name: share(one) for one in counties}
    saved = {day: one.get("saved", 0) for day, one in found.sums.by["day"].items()}
    lacking = bureau_of(request).lacking(days.of, found.sums)
    return page(
        request,
        name,
        **common(days, found),
        columns=charts.columns(saved, days.of.begin, days.of.end),
        squares=charts.squares(shares),
        share=whole_share(found),
        lacking=[one for one in lacking if NEXT.get(one.detail, ("", ""))[0] != "law"][
            :SCREEN_LINES
        ],
        why=sorted(found.sums.demanded.items(), key=lambda one: (-one[1], one[0]))[:SCREEN_LINES],
        reasons=REASONS,
        bar=charts.bar,
        now=portal_of(request).clock(),
    )
