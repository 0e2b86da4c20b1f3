"""Pages of looks that are watched: alarms of looks, and looking by an order."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused, SkipRow
from portal.filled import Before
from portal.guards import only, only_form
from portal.port import Account
from portal.port_rights import Alarm, Which, told
from portal.render import page, portal_of
from portal.sent import Sent, one
from portal.words import say

router = APIRouter(prefix="/rights", include_in_schema=False)
Watcher = Annotated[Account, Depends(only("numbers"))]
WatcherForm = Annotated[Account, Depends(only_form("numbers"))]
BureauForm = Annotated[Account, Depends(only_form("bureau"))]
Text = Annotated[str, Form(max_length=200)]
SHOWN: Final = 100


@router.get("/alarms")
def alarms(
    request: Request, _: Watcher, done: str = "", still: Before = None, closed: Before = None
) -> Response:
    """Open alarms of looks, and those that a person has closed; older ones of one of the two."""
    said = "closed" if done == "closed" else ""
    return _alarms(request, still=still, closed=closed, done=said)


def _alarms(
    request: Request,
    status: int = 200,
    /,
    still: int | None = None,
    closed: int | None = None,
    **shown: Any,
) -> Response:
    """Both lists from their newest on, or one of them from a number down."""
    values = {"problem": "", "field": "", "done": "", **shown}
    values["still"] = None if closed is not None else _listed(request, "open", still)
    values["closed"] = None if still is not None else _listed(request, "closed", closed)
    return page(request, "look_alarms.html", status, shown=SHOWN, **values)


def _listed(request: Request, which: Which, before: int | None) -> list[Alarm]:
    """A page of them; one more when more follow."""
    return portal_of(request).platform.rights.alarms(which, before, SHOWN + 1)


@router.post("/alarms/{number}/close")
def close(
    request: Request,
    account: WatcherForm,
    number: int,
    why: Text = "",
    still: Annotated[int | None, Form(ge=0, le=2**62)] = None,
) -> Response:
    """A person has looked into it. `still`: the page of the list that the form stood on."""
    try:
        portal_of(request).platform.rights.close_alarm(account, number, why)
    except BadInput as error:
        return _alarms(request, 400, still, problem=error.message, field=f"why-{number}")
    return RedirectResponse("/rights/alarms?done=closed", 303)


@router.post("/orders/{number}/look")
def look(request: Request, account: BureauForm, number: int, sent: Sent) -> Response:
    """The licences of one of an order's subjects, in full; the number is not shown again."""
    kind = "organisation" if one(sent, "kind") == "organisation" else "person"
    wanted, rights = one(sent, "licence_type"), portal_of(request).platform.rights
    order = next((row for row in rights.orders(account) if row.id == number), None)
    if order is None:
        raise BadInput(say("look.no_order"))
    shown: dict[str, Any] = {"order": order, "wanted": wanted, "rows": (), "problem": ""}
    try:
        found = rights.look_ordered(account, number, (kind, one(sent, "person")), wanted)
    except SkipRow:
        return page(request, "order_look.html", 400, **{**shown, "problem": say("look.number")})
    except Refused as refused:
        return page(request, "order_look.html", 403, **{**shown, "problem": refused.message})
    rows = [(row, told(row.document)) for row in found]
    return page(request, "order_look.html", **{**shown, "rows": rows})
