"""The bureau's pages: papers not asked for, by county, and why papers are still brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from portal import charts
from portal.figures import NEXT, Bureau, Days, bureau_of, common, share, whole_share
from portal.port_bureau import BROUGHT, REASONS, TOP
from portal.render import page

router = APIRouter(prefix="/bureau", include_in_schema=False)


@router.get("")
def cockpit(request: Request, _: Bureau, days: Days) -> Response:
    """指挥舱: papers that nobody had to bring, and those that were demanded anyway."""
    found = bureau_of(request).overview(days.of)
    saved = {day: one.get("saved", 0) for day, one in found.sums.by["day"].items()}
    return page(
        request,
        "cockpit.html",
        400 if days.problem else 200,
        **common(days, found),
        columns=charts.columns(saved, days.of.begin, days.of.end),
        share=whole_share(found),
        groups={name: _most_first(found.sums.by[name]) for name in ("division", "department")},
        items=_most_first(found.sums.by["item_id"]),
        reasons=REASONS,
        top=TOP,
    )


def _most_first(by: Mapping[Any, Mapping[str, int]]) -> list[tuple[str, int, int, int]]:
    """(value, saved, demanded, brought); those without any of them are left out."""
    rows = [
        (
            str(name),
            one.get("saved", 0),
            one.get("demanded", 0),
            sum(one.get(what, 0) for what in BROUGHT),
        )
        for name, one in by.items()
    ]
    return sorted((row for row in rows if any(row[1:])), key=lambda row: (-row[1], -row[3], row[0]))


@router.get("/coverage")
def coverage(request: Request, _: Bureau, days: Days) -> Response:
    """The 20 counties: names unified, papers saved; a table, and squares beside it."""
    found = bureau_of(request).overview(days.of)
    counties = bureau_of(request).counties(found.sums)
    shares = {one.name: share(one) for one in counties}
    return page(
        request,
        "coverage.html",
        400 if days.problem else 200,
        **common(days, found),
        counties=counties,
        shares=shares,
        squares=charts.squares(shares),
    )


@router.get("/reasons")
def reasons(request: Request, _: Bureau, days: Days) -> Response:
    """Why papers are still brought, by source, and what solving it would spare in a year."""
    found = bureau_of(request).overview(days.of)
    lacking = bureau_of(request).lacking(days.of, found.sums)
    status = 400 if days.problem else 200
    shown = common(days, found)
    return page(request, "reasons.html", status, **shown, lacking=lacking, next_of=NEXT)
