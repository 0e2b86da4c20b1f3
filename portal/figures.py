"""What the bureau's pages of figures share: the days of an address, and the figures' addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from portal import charts
from portal.guards import only
from portal.port import Account
from portal.port_bureau import BROUGHT, BY, BureauPort, County, Overview, Period, period
from portal.render import portal_of

Bureau = Annotated[Account, Depends(only("bureau"))]
Day = Annotated[str, Query(max_length=10)]
LONGEST = 300
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


def bureau_of(request: Request) -> BureauPort:
    """The figures of the installation."""
    return portal_of(request).platform.bureau


def common(days: Asked, found: Overview) -> dict[str, Any]:
    """What each page of them is shown with."""

    def rows(**about: object) -> str:
        """The address of the rows behind a figure."""
        return f"/bureau/rows?{days.query}&{urlencode(about)}"

    return {"days": days, "found": found, "rows_of": rows, "brought": ",".join(BROUGHT)}


def whole_share(found: Overview) -> int | None:
    """Per cent of all papers that were not asked for."""
    sums = found.sums
    return charts.share_of(sums.of("saved"), sums.of("demanded"), sums.of(*BROUGHT))


def share(one: County) -> int | None:
    """Per cent of a county's papers that were not asked for."""
    return charts.share_of(one.saved, one.demanded, one.brought)
