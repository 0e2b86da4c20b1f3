"""An item's page: what the catalogue says, what counties do otherwise, who decides; deviations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused
from portal.guards import only, only_form
from portal.port import Account
from portal.port_catalog import (
    FLOW_FIELDS,
    MANNERS,
    CataloguingPort,
    Delta,
    PublishedMaterial,
    day_of,
    how,
    is_paper,
    shown,
)
from portal.render import page, portal_of
from portal.words import say
from registry import departments, divisions

router = APIRouter(prefix="/catalog", include_in_schema=False)
Reader = Annotated[Account, Depends(only("judging"))]
Bureau = Annotated[Account, Depends(only_form("bureau"))]
Text = Annotated[str, Form()]
DECIDED = ("accepted", "refused", "withdrawn")
SAID = (*DECIDED, "proposed", "assigned", "unassigned")


def _room(request: Request) -> CataloguingPort:
    return portal_of(request).platform.cataloguing


@router.get("/items")
def items(request: Request, _: Reader, q: str = "") -> Response:
    """Deviations that wait, and items by what people call them."""
    room, words = _room(request), q.strip()
    waiting = room.deviations(None, "proposed")
    return page(
        request,
        "counties.html",
        q=words,
        found=room.items(words) if words else [],
        waiting=waiting,
        names=room.names({one.item_id for one in waiting}),
        **_WORDS,
    )


@router.get("/items/{item}")
def item_(
    request: Request,
    _: Reader,
    item: str,
    day: str = "",
    done: str = "",
    n: int = 0,
    field: str = "",
    value: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """One item on a day; today without one. The form to propose begins with `field`, `value`."""
    said = say(f"counties.done.{done}", n=n) if done in SAID else ""
    draft = {"form": "dev", "field": field, "value": value} if field in FLOW_FIELDS else {}
    try:
        return item_page(request, item, day=day, done=said, draft=draft)
    except BadInput as error:
        if not day:
            raise
        return item_page(request, item, problem=error.message, field="day", status=400)


@router.post("/deviations/{number}/decision")
def decide(
    request: Request,
    account: Bureau,
    number: int,
    item: Text = "",
    state: Text = "",
    why: Text = "",
    document: Text = "",
) -> Response:
    """Accept or refuse another person's deviation, or withdraw an accepted one."""
    if state not in DECIDED:
        return _wrong(request, item, number, say("counties.problem.state"), 400)
    try:
        _room(request).decide(number, state, account.name, why, document.strip() or None)
    except BadInput as error:
        return _wrong(request, item, number, error.message, 400)
    except Refused as error:
        return _wrong(request, item, number, error.message, 403)
    return RedirectResponse(f"/catalog/items/{item}?done={state}&n={number}", 303)


def _wrong(request: Request, item: str, number: int, problem: str, status: int) -> Response:
    return item_page(request, item, problem=problem, field=f"d-{number}", status=status)


def item_page(
    request: Request,
    item: str,
    *,
    day: str = "",
    done: str = "",
    status: int = 200,
    **more: Any,
) -> Response:
    """An item's page. `more`: the `problem`, its `field`, the `draft` that was sent by name."""
    field, draft = more.get("field", ""), more.get("draft", {})
    room = _room(request)
    if item not in room.names({item}):
        raise BadInput(say("counties.problem.item", item=item))
    said, bodies = room.deviations(item, None), room.bodies(item)
    fields = {"day", *(f"d-{one.id}" for one in said), *(f"w-{one.id}" for one in bodies)}
    kept = field if field in fields or draft else ""
    return page(
        request,
        "county.html",
        status,
        made=room.compare(item, [], day_of(day or None), None),
        bodies=bodies,
        waiting=[one for one in said if one.state == "proposed"],
        past=[one for one in reversed(said) if one.state != "proposed"],
        done=done,
        problem=more.get("problem", ""),
        field=kept,
        draft=draft,
        fields=FLOW_FIELDS,
        manners=MANNERS,
        divisions=tuple(divisions.load()),
        departments=tuple(departments.load()),
        **_WORDS,
    )


def _asked(one: PublishedMaterial) -> str:
    """How the whole city asks for a material."""
    return how({"asks": True, **vars(one)})


def _about(one: Delta) -> str:
    """What a deviation is about, with its value."""
    said = shown(one.field, one.value)
    return said if is_paper(one.field) else f"{say(f'flow.{one.field}')}：{said}"


_WORDS = {"about": _about, "asked": _asked, "shown": shown, "is_paper": is_paper}
