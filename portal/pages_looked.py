"""The page of who looked at a department's licences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from catalog.questions.table import Table
from kernel.clock import CITY_TIME
from portal.guards import only
from portal.port import Account
from portal.port_looked import MOST, PAGE, LookRow
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/dept", include_in_schema=False)
Officer = Annotated[Account, Depends(only("dept"))]
Text = Annotated[str, Query(max_length=200)]
CSV: Final = "text/csv; charset=utf-8"
COLUMNS: Final = ("at", "type", "office", "item", "case", "why")


@router.get("/looks")
def looks(
    request: Request, account: Officer, licence_type: Text = "", before: Text = ""
) -> Response:
    """Who looked, the newest first; of one type."""
    port = portal_of(request).platform.looked
    found = port.rows(account, licence_type, before)
    shown = {
        "rows": found[:PAGE],
        "types": port.types(account),
        "licence_type": licence_type,
        "query": urlencode({"licence_type": licence_type}) if licence_type else "",
        "before": before,
        "next": found[PAGE - 1].mark if len(found) > PAGE else "",
        "most": MOST,
    }
    return page(request, "dept_looks.html", **shown)


@router.get("/looks.csv")
def looks_file(request: Request, account: Officer, licence_type: Text = "") -> Response:
    """The same as a file, at most MOST of them."""
    found = portal_of(request).platform.looked.rows(account, licence_type, limit=MOST)
    headers = {"Content-Disposition": 'attachment; filename="looks.csv"'}
    return Response(_table(found).as_csv(), media_type=CSV, headers=headers)


def _table(found: Sequence[LookRow]) -> Table:
    columns = {key: say(f"dept.looks.{key}") for key in COLUMNS}
    rows = [
        {
            "at": one.at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M"),
            "type": one.licence_type,
            "office": one.office,
            "item": one.item,
            "case": one.case,
            "why": say(f"dept.looks.{one.way}", material=one.material),
        }
        for one in found
    ]
    return Table("looks", say("dept.looks.title"), columns, rows)
