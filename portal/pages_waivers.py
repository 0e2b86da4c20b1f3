"""Pages of waivers: which licence types stand for papers, and each person's step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

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


@dataclass(frozen=True)
class Draft:
    """A step as it was sent; it stands in its form again when something is wrong with it."""

    step: str = ""
    types: tuple[str, ...] = ()
    document: str = ""
    dated: str = ""
    why: str = ""

    @property
    def field(self) -> str:
        """The field that most likely has to be mended."""
        if not self.types:
            return f"{self.step}-types"
        if self.step in ("propose", "withdraw"):
            return f"{self.step}-why"
        return f"{self.step}-{'dated' if self.document.strip() else 'document'}"


def draft_form(
    step: Text = "",
    licence_type: Annotated[list[str] | None, Form()] = None,
    document: Text = "",
    dated: Text = "",
    why: Text = "",
) -> Draft:
    """The draft out of a sent form."""
    return Draft(step, tuple(licence_type or ()), document, dated, why)


Sent = Annotated[Draft, Depends(draft_form)]


@router.get("")
def waivers(request: Request, account: Anyone, done: str = "", n: int = 0) -> Response:
    """What waits for this account, then every type."""
    said = say(f"waivers.done.{done}", n=n) if done in STEPS else ""
    return _page(request, account, done=said)


def _page(
    request: Request,
    account: Account,
    draft: Draft | None = None,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    waiving = portal_of(request).platform.waiving
    rows = sorted(waiving.rows(), key=lambda one: one.department != account.department)
    offered = {step: _offered(step, account, rows) for step in STEPS}
    sent = draft or Draft()
    field = sent.field if offered.get(sent.step) else "types"
    facts: dict[str, Any] = {"done": done, "problem": problem, "field": field, "draft": sent}
    facts["lists"] = waiving.lists()
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
    draft: Sent,
) -> Response:
    """One step of the types that are ticked."""
    waiving = portal_of(request).platform.waiving
    try:
        if not draft.types:
            raise BadInput(say("waivers.none_ticked"))
        number = _moved(waiving, account, draft)
    except BadInput as error:
        return _page(request, account, draft, problem=error.message, status=400)
    except Refused as error:
        return _page(request, account, draft, problem=error.message, status=403)
    return RedirectResponse(f"/catalog/waivers?done={draft.step}&n={number}", 303)


def _moved(waiving: WaivingPort, account: Account, draft: Draft) -> int:
    """How many types moved, or the list's number."""
    types = draft.types
    if draft.step == "confirm":
        return len(waiving.confirm(account, types, draft.document, _day(draft.dated)))
    if draft.step == "publish":
        return waiving.publish(account, types, draft.document, _day(draft.dated))
    if draft.step == "propose":
        return len(waiving.propose(account, types, draft.why))
    if draft.step == "withdraw":
        return len(waiving.withdraw(account, types, draft.why))
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
