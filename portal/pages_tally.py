"""The rows behind each of the bureau's figures: a page at a time, and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from catalog.questions.table import Table
from kernel.errors import BadInput
from portal.figures import Bureau, Days, Narrowed, bureau_of
from portal.port_bureau import MOST_ROWS, PAGE, REASONS, TallyRow, after_of
from portal.render import page
from portal.words import say, say_of

router = APIRouter(prefix="/bureau", include_in_schema=False)
CSV = "text/csv; charset=utf-8"


@router.get("/rows")
def rows(
    request: Request,
    _: Bureau,
    days: Days,
    narrow: Narrowed,
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The rows behind a figure, a page at a time."""
    found, names = bureau_of(request).rows(days.of, narrow, after_of(after))
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
    found = bureau_of(request).every_row(days.of, narrow)
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
