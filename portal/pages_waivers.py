"""Pages of waivers: which licence types stand for papers, and each person's step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused
from portal.guards import only, only_form
from portal.port import Account
from portal.port_asking import WaiverRow, WaivingPort
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/catalog/waivers", include_in_schema=False)
Anyone = Annotated[Account, Depends(only("systems"))]
Mover = Annotated[Account, Depends(only_form("waivers"))]
Text = Annotated[str, Form()]
STEPS = ("confirm", "publish", "propose", "withdraw")


@router.get("")
def waivers(request: Request, account: Anyone, done: str = "", n: int = 0) -> Response:
    """What waits for this account, then every type."""
    said = say(f"waivers.done.{done}", n=n) if done in STEPS else ""
    return _page(request, account, done=said)


def _page(
    request: Request, account: Account, *, done: str = "", problem: str = "", status: int = 200
) -> Response:
    waiving = portal_of(request).platform.waiving
    rows = sorted(waiving.rows(), key=lambda one: one.department != account.department)
    facts = {"done": done, "problem": problem, "lists": waiving.lists()}
    offered = {step: _offered(step, account, rows) for step in STEPS}
    return page(request, "waivers.html", status, rows=rows, offered=offered, **facts)


def _offered(step: str, account: Account, rows: Sequence[WaiverRow]) -> list[WaiverRow]:
    """The types that this account may move on by that step."""
    own = [one for one in rows if one.department == account.department]
    if account.role == "officer":
        states = {
            "confirm": (own, ("proposed",)),
            "propose": (own, ("none", "withdrawn")),
            "withdraw": (own, ("proposed", "confirmed", "published")),
        }
    elif account.role == "bureau":
        states = {
            "publish": (list(rows), ("confirmed",)),
            "propose": (list(rows), ("none", "withdrawn")),
            "withdraw": (list(rows), ("proposed", "confirmed", "published")),
        }
    else:
        states = {}
    those, allowed = states.get(step, ([], ()))
    return [one for one in those if one.state in allowed]


@router.post("")
def move(
    request: Request,
    account: Mover,
    step: Text = "",
    licence_type: Annotated[list[str] | None, Form()] = None,
    document: Text = "",
    dated: Text = "",
    why: Text = "",
) -> Response:
    """One step of the types that are ticked."""
    waiving = portal_of(request).platform.waiving
    try:
        if not licence_type:
            raise BadInput(say("waivers.none_ticked"))
        number = _moved(waiving, account, step, licence_type, (document, dated, why))
    except BadInput as error:
        return _page(request, account, problem=error.message, status=400)
    except Refused as error:
        return _page(request, account, problem=error.message, status=403)
    return RedirectResponse(f"/catalog/waivers?done={step}&n={number}", 303)


def _moved(
    waiving: WaivingPort,
    account: Account,
    step: str,
    types: Sequence[str],
    said: tuple[str, str, str],
) -> int:
    """How many types moved, or the list's number."""
    document, dated, why = said
    if step == "confirm":
        return len(waiving.confirm(account, types, document, _day(dated)))
    if step == "publish":
        return waiving.publish(account, types, document, _day(dated))
    if step == "propose":
        return len(waiving.propose(account, types, why))
    if step == "withdraw":
        return len(waiving.withdraw(account, types, why))
    raise BadInput(f"a waiver moves by {', '.join(STEPS)}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(say("waivers.no_day")) from None


@router.get("/{licence_type}")
def history(request: Request, _: Anyone, licence_type: str) -> Response:
    """What was said of one type."""
    steps = portal_of(request).platform.waiving.history(licence_type)
    return page(request, "waiver.html", licence_type=licence_type, steps=steps)
