"""The 建议单: what the city asks of the province's base catalogue: listed, moved on, downloaded."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused
from portal.api_judging import EXCEL
from portal.guards import only, only_form
from portal.port import Account
from portal.port_judging import (
    BY_DOCUMENT,
    WISH_KINDS,
    WISH_STATES,
    Wanted,
    evidence_words,
    steps_of,
)
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/catalog/wishes", include_in_schema=False)
Reader = Annotated[Account, Depends(only("judging"))]
Mover = Annotated[Account, Depends(only_form("judging"))]
Text = Annotated[str, Form()]
#: `wrong` is the wish whose form was sent, or 0; `draft` the new wish that could not be kept.
NEW: dict[str, Any] = {"done": "", "problem": "", "wrong": 0, "field": "", "sent": {}, "draft": {}}


@router.get("")
def wishes(
    request: Request,
    account: Reader,
    state: str = "",
    done: str = "",
    n: int = 0,
    item: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """All, or those of a state, the newest first. `item`: the code of what a new wish is about."""
    said = ""
    if done in WISH_STATES and n:
        said = say("wishes.done", n=n, state=say(f"wishes.state.{done}"))
    draft = {"kind": "rename", "items": item} if item else {}
    return _list(request, account, state, done=said, draft=draft)


def _list(
    request: Request, account: Account, state: str = "", status: int = 200, **more: Any
) -> Response:
    """`more`: the word of what was done, or `problem`, its `field` and what was `sent`."""
    every = portal_of(request).platform.judging.wishes(account)
    wanted = state if state in WISH_STATES else ""
    counts = {one: sum(wish.state == one for wish in every) for one in WISH_STATES}
    rows = [one for one in reversed(every) if wanted in ("", one.state)]
    return page(
        request,
        "wishes.html",
        status,
        rows=rows,
        steps={one.id: steps_of(account, one) for one in rows},
        by_document=BY_DOCUMENT,
        kinds=WISH_KINDS,
        state=wanted,
        counts={one: count for one, count in counts.items() if count or one == wanted},
        total=len(every),
        evidence=evidence_words,
        **{**NEW, **more},
    )


@router.post("")
def make(
    request: Request,
    account: Mover,
    kind: Text = "",
    items: Text = "",
    names: Text = "",
    why: Text = "",
) -> Response:
    """A new wish: codes of items parted by blanks, new names one a line."""
    draft = {"kind": kind, "items": items, "names": names, "why": why}
    new = tuple(line.strip() for line in names.splitlines() if line.strip())
    field = "new-items" if why.strip() else "new-why"
    try:
        wanted = Wanted(kind, tuple(items.split()), new, why)
        made = portal_of(request).platform.judging.wish(account, wanted)
    except (BadInput, Refused) as error:
        said, status = error.message, _status(error)
        return _list(request, account, status=status, problem=said, field=field, draft=draft)
    return RedirectResponse(f"/catalog/wishes?done={made.state}&n={made.id}", 303)


@router.post("/{number}")
def move(
    request: Request,
    account: Mover,
    number: int,
    to: Text = "",
    why: Text = "",
    document: Text = "",
) -> Response:
    """One step of a wish; what was typed stands in its form again when something is wrong."""
    field = "to" if why.strip() else "why"
    if to in BY_DOCUMENT and not document.strip():
        field = "document"
    try:
        judging = portal_of(request).platform.judging
        judging.move_wish(account, number, to, why, document.strip() or None)
    except (BadInput, Refused) as error:
        typed = {"to": to, "why": why, "document": document}
        facts: dict[str, Any] = {"problem": error.message, "sent": typed}
        facts |= {"status": _status(error), "wrong": number, "field": f"{field}-{number}"}
        return _list(request, account, **facts)
    return RedirectResponse(f"/catalog/wishes?done={to}&n={number}", 303)


def _status(error: BadInput | Refused) -> int:
    return 403 if isinstance(error, Refused) else 400


@router.get("/export")
def export(request: Request, account: Reader, state: str = "") -> Response:
    """The same as a file for the province."""
    wanted = state if state in WISH_STATES else None
    data = portal_of(request).platform.judging.wish_book(account, wanted)
    said = {"Content-Disposition": 'attachment; filename="wishes.xlsx"'}
    return Response(data, media_type=EXCEL, headers=said)
