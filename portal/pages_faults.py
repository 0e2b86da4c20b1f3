"""Rows that the national exchange gave back (`dn_*`): listed, taken in, settled."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.guards import only, only_form
from portal.port import Account
from portal.port_catalog import FAULT_TABLES, ExchangingPort
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/catalog/faults", include_in_schema=False)
Reader = Annotated[Account, Depends(only("systems"))]
Settler = Annotated[Account, Depends(only_form("numbers"))]
Text = Annotated[str, Form()]
SHOWN = 100  # the oldest first; the rest follows when these are settled
BECOMES = ("resend", "close")


def _exchange(request: Request) -> ExchangingPort:
    return portal_of(request).platform.exchanging


@router.get("")
def faults(
    request: Request,
    _: Reader,
    state: str = "open",
    done: str = "",
    n: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """What waits, the oldest first; with `state=closed` what was settled, the newest first."""
    said = say(f"faults.done.{done}", n=n) if done in BECOMES else ""
    return _list(request, is_open=state != "closed", done=said)


def _list(request: Request, *, is_open: bool = True, status: int = 200, **more: Any) -> Response:
    """`more`: what was `done` or `taken`; or the `problem`, which fault is `wrong`, `why`."""
    every = _exchange(request).faults(closed=True)
    waiting = [one for one in every if one.closed_at is None]
    closed = [one for one in reversed(every) if one.closed_at is not None]
    rows = waiting if is_open else closed
    facts = {"done": "", "taken": None, "problem": "", "wrong": 0, "why": "", **more}
    there = {one.id for one in rows[:SHOWN]}
    facts["field"] = f"w-{facts['wrong']}" if facts["wrong"] in there else "file"
    return page(
        request,
        "faults.html",
        status,
        rows=rows[:SHOWN],
        more=len(rows) - len(rows[:SHOWN]),
        is_open=is_open,
        numbers=(len(waiting), len(closed)),
        tables=FAULT_TABLES,
        **facts,
    )


@router.post("")
def take(
    request: Request,
    account: Settler,
    table: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A table of fault rows, CSV or Excel; what became of it is said on the page."""
    data = file.file.read() if file is not None else b""
    try:
        if not data:
            raise BadInput(say("faults.nofile"))
        taken = _exchange(request).take_faults(data, table, account.name)
    except BadInput as error:
        return _list(request, status=400, problem=error.message)
    return _list(request, taken=taken)


@router.post("/{number}")
def settle(
    request: Request, account: Settler, number: int, becomes: Text = "", why: Text = ""
) -> Response:
    """Send the row again as it is, or close the fault, each with a reason."""
    try:
        if becomes not in BECOMES:
            raise BadInput(say("faults.choose"))
        _exchange(request).settle(number, account.name, why, resend=becomes == "resend")
    except BadInput as error:
        return _list(request, status=400, problem=error.message, wrong=number, why=why)
    return RedirectResponse(f"/catalog/faults?done={becomes}&n={number}", 303)
