"""The bureau's pages: papers not asked for, the rows behind each figure, counties, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from catalog.questions.table import Table
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from portal import charts
from portal.guards import only
from portal.port import Account
from portal.port_bureau import (
    BROUGHT,
    BY,
    MOST_ROWS,
    PAGE,
    REASONS,
    TOP,
    BureauPort,
    County,
    Overview,
    Period,
    TallyRow,
    after_of,
    period,
)
from portal.render import page, portal_of
from portal.words import say, say_of

router = APIRouter(prefix="/bureau", include_in_schema=False)
Bureau = Annotated[Account, Depends(only("bureau"))]
Day = Annotated[str, Query(max_length=10)]
SCREEN_LINES, LONGEST = 6, 300
CSV = "text/csv; charset=utf-8"
#: Where the bureau goes on, by the reason that a paper is brought: a word, and its page.
NEXT: Mapping[str, tuple[str, str]] = {
    "not_connected": ("connect", "/catalog/ask/next-system"),
    "waiver_not_confirmed": ("waiver", "/catalog/waivers"),
    "waiver_not_published": ("waiver", "/catalog/waivers"),
    "waiver_withdrawn": ("waiver", "/catalog/waivers"),
    "name_unresolved": ("name", "/catalog/names"),
    "source_resting": ("ops", ""),
    "stale": ("ops", ""),
    "never_complete": ("ops", ""),
    "not_asked": ("ops", ""),
    "licence_not_found": ("dept", ""),
    "licence_withdrawn": ("dept", ""),
    "under_correction": ("dept", ""),
    "purpose_not_prove": ("law", ""),
    "licence_type_does_not_prove": ("law", ""),
}


@dataclass(frozen=True)
class Asked:
    """The days that a page is of. `problem`: why the days that were asked for are not taken."""

    of: Period
    problem: str

    @property
    def query(self) -> str:
        """The same days, for a link."""
        return urlencode({"begin": self.of.begin.isoformat(), "end": self.of.end.isoformat()})


def asked(request: Request, begin: Day = "", end: Day = "") -> Asked:
    """The days out of an address; a wrong one is said, and the usual days shown."""
    today = portal_of(request).clock().astimezone(CITY_TIME).date()
    try:
        return Asked(period(begin, end, today), "")
    except BadInput as error:
        return Asked(period("", "", today), error.message)


Days = Annotated[Asked, Depends(asked)]


def narrowed(request: Request) -> dict[str, str]:
    """What rows are narrowed to: the columns of BY that the address has. An empty division is one
    that was not said. Raises BadInput on a text that no column holds."""
    said = {name: request.query_params[name] for name in BY if name in request.query_params}
    if any(len(one) > LONGEST for one in said.values()):
        raise BadInput("这个地址太长，请从指挥舱重新点开。")
    return said


Narrowed = Annotated[dict[str, str], Depends(narrowed)]


def _bureau(request: Request) -> BureauPort:
    return portal_of(request).platform.bureau


def _common(days: Asked, found: Overview) -> dict[str, Any]:
    def rows(**about: object) -> str:
        """The address of the rows behind a figure."""
        return f"/bureau/rows?{days.query}&{urlencode(about)}"

    return {"days": days, "found": found, "rows_of": rows, "brought": ",".join(BROUGHT)}


@router.get("")
def cockpit(request: Request, _: Bureau, days: Days) -> Response:
    """指挥舱: papers that nobody had to bring, and those that were demanded anyway."""
    found = _bureau(request).overview(days.of)
    saved = {day: one.get("saved", 0) for day, one in found.sums.by["day"].items()}
    return page(
        request,
        "cockpit.html",
        400 if days.problem else 200,
        **_common(days, found),
        columns=charts.columns(saved, days.of.begin, days.of.end),
        share=_share(found),
        groups={name: _most_first(found.sums.by[name]) for name in ("division", "department")},
        items=_most_first(found.sums.by["item_id"]),
        reasons=REASONS,
        top=TOP,
    )


def _share(found: Overview) -> int | None:
    sums = found.sums
    return charts.share_of(sums.of("saved"), sums.of("demanded"), sums.of(*BROUGHT))


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


@router.get("/rows")
def rows(
    request: Request,
    _: Bureau,
    days: Days,
    narrow: Narrowed,
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The rows behind a figure, a page at a time."""
    found, names = _bureau(request).rows(days.of, narrow, after_of(after))
    shown, last = found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None
    query = f"{days.query}&{urlencode(narrow)}" if narrow else days.query
    return page(
        request,
        "tally.html",
        400 if days.problem else 200,
        days=days,
        rows=shown,
        names=names,
        narrow=[(name, _said(name, value, names)) for name, value in narrow.items()],
        reasons=REASONS,
        query=query,
        next=f"{last.day}~{last.case_number}~{last.material_id}" if last else "",
        after=after,
        most=MOST_ROWS,
    )


def _said(name: str, value: str, names: Mapping[str, str]) -> str:
    """A narrowing in Chinese."""
    if name == "outcome":
        return "、".join(say_of("outcome", one) for one in value.split(","))
    if name == "detail":
        return say_of("detail", value)
    if name == "demanded":
        return REASONS.get(value, value)
    if name == "item_id":
        return names.get(value, value)
    return value or say("cockpit.not_said")


@router.get("/rows.csv")
def rows_file(request: Request, _: Bureau, days: Days, narrow: Narrowed) -> Response:
    """The same as a file, at most MOST_ROWS of them."""
    if days.problem:
        raise BadInput(days.problem)
    found = _bureau(request).every_row(days.of, narrow)
    name = f"tally-{days.of.begin}-{days.of.end}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_table(found).as_csv(), media_type=CSV, headers=headers)


def _table(found: Iterable[TallyRow]) -> Table:
    keys = ("day", "case_number", "item_id", "material", "division", "department", "post")
    heads = ("day", "case", "item", "material", "division", "department", "post")
    columns = {key: say(f"tally.{head}") for key, head in zip(keys, heads, strict=True)}
    columns |= {"outcome": say("tally.outcome"), "reason": say("tally.why")}
    columns["source"] = say("tally.source")
    rows = [
        {
            **{key: str(getattr(row, key)) for key in (*keys, "source")},
            "outcome": say_of("outcome", row.outcome),
            "reason": REASONS[row.demanded] if row.demanded else say_of("detail", row.detail),
        }
        for row in found
    ]
    return Table("tally", say("tally.about"), columns, rows)


@router.get("/coverage")
def coverage(request: Request, _: Bureau, days: Days) -> Response:
    """The 20 counties: names unified, papers saved; a table, and squares beside it."""
    found = _bureau(request).overview(days.of)
    counties = _bureau(request).counties(found.sums)
    shares = {one.name: share(one) for one in counties}
    return page(
        request,
        "coverage.html",
        400 if days.problem else 200,
        **_common(days, found),
        counties=counties,
        shares=shares,
        squares=charts.squares(shares),
    )


def share(one: County) -> int | None:
    """Per cent of a county's papers that were not asked for."""
    return charts.share_of(one.saved, one.demanded, one.brought)


@router.get("/reasons")
def reasons(request: Request, _: Bureau, days: Days) -> Response:
    """Why papers are still brought, by source, and what solving it would spare in a year."""
    found = _bureau(request).overview(days.of)
    lacking = _bureau(request).lacking(days.of, found.sums)
    status = 400 if days.problem else 200
    common = _common(days, found)
    return page(request, "reasons.html", status, **common, lacking=lacking, next_of=NEXT)


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
    found = _bureau(request).overview(days.of)
    counties = _bureau(request).counties(found.sums)
    shares = {one.name: share(one) for one in counties}
    saved = {day: one.get("saved", 0) for day, one in found.sums.by["day"].items()}
    lacking = _bureau(request).lacking(days.of, found.sums)
    return page(
        request,
        name,
        **_common(days, found),
        columns=charts.columns(saved, days.of.begin, days.of.end),
        squares=charts.squares(shares),
        share=_share(found),
        lacking=[one for one in lacking if NEXT.get(one.detail, ("", ""))[0] != "law"][
            :SCREEN_LINES
        ],
        why=sorted(found.sums.demanded.items(), key=lambda one: (-one[1], one[0]))[:SCREEN_LINES],
        reasons=REASONS,
        bar=charts.bar,
        now=portal_of(request).clock(),
    )
