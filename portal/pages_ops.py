"""Pages of operations: the board, one system, and what is done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, RetryLater
from portal.filled import Before
from portal.guards import only, only_form
from portal.pages_staff import URGENCY, again, by_urgency, replayed
from portal.port import Account, SystemTile
from portal.port_ops import Board
from portal.port_registering import ConnectionRow
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/ops", include_in_schema=False)
Ops = Annotated[Account, Depends(only("ops"))]
OpsForm = Annotated[Account, Depends(only_form("ops"))]
Text = Annotated[str, Form(max_length=200)]
DONE: Final = ("paused", "resumed", "started")
BARS: Final = 30
#: How runs are named that Airflow knows: of a schedule, by its own pages, of a round.
AIRFLOW_RUNS: Final = ("scheduled__", "manual__", "round-")


@router.get("")
def ops(request: Request, _: Ops) -> Response:
    """Every system by urgency."""
    return _board(request, "ops.html")


@router.get("/tiles")
def tiles(request: Request, _: Ops) -> Response:
    """Only the tiles, for the page that refreshes itself."""
    return _board(request, "tiles.html")


def _board(request: Request, name: str) -> Response:
    board = portal_of(request).platform.ops.board()
    running = ordered(board)
    coming = sorted(board.coming, key=lambda one: (-one.days, one.code))  # the longest first
    return page(request, name, tiles=running, coming=coming, states=counted(running, coming))


def ordered(board: Board) -> list[SystemTile]:
    """The tiles by urgency."""
    return by_urgency([drifting(one) for one in board.running])


def drifting(one: SystemTile) -> SystemTile:
    """Who runs well or rests, while somebody should look at its findings, drifts."""
    odd = one.state in ("ok", "resting") and (one.drifts or one.holds)
    return replace(one, state="drifting") if odd else one


def counted(running: Iterable[SystemTile], coming: Sequence[ConnectionRow]) -> dict[str, int]:
    """How many systems are in each state, all states named; those to come as one."""
    counts = Counter(one.state for one in running)
    return {state: counts[state] for state in URGENCY} | {"coming": len(coming)}


@router.get("/systems/{code}")
def system(request: Request, _: Ops, code: str, before: Before = None, done: str = "") -> Response:
    """One system: what is wrong, what was refused, its runs. One without a contract: its way in."""
    return _system(request, code, before=before, done=done if done in DONE else "")


def wrong(request: Request, code: str, problem: str, field: str) -> Response:
    """The system's page with what is wrong, leading to the field."""
    return _system(request, code, problem=problem, field=field, status=400)


def _system(
    request: Request,
    code: str,
    *,
    before: int | None = None,
    done: str = "",
    problem: str = "",
    field: str = "",
    status: int = 200,
) -> Response:
    platform = portal_of(request).platform
    try:
        found = platform.ops.watched(code, before)
    except BadInput:
        row = next((one for one in platform.registering.rows() if one.code == code), None)
        if row is None:
            raise
        history = platform.registering.history(code)
        return page(request, "coming.html", status, row=row, history=history)
    runs = found.page.runs[:BARS]
    shown: dict[str, Any] = {
        "watched": found,
        "system": found.page,
        "tile": drifting(found.page.tile),
        "longest": max((run.seconds or 0.0 for run in runs), default=0.0) or 1.0,
        "most": max((run.rows for run in runs), default=0) or 1,
        "replayed": replayed(request),
        "again": again(request),
        "done": done,
        "problem": problem,
        "field": field,
        "paged": before is not None,
        "airflow_runs": AIRFLOW_RUNS,
    }
    return page(request, "system.html", status, **shown)


@router.post("/systems/{code}/pause")
def pause(request: Request, account: OpsForm, code: str, why: Text = "") -> Response:
    """Let nobody sync a system until it is resumed."""
    try:
        portal_of(request).platform.ops.pause(account, code, why)
    except BadInput as error:
        return wrong(request, code, error.message, "why")
    return RedirectResponse(f"/ops/systems/{code}?done=paused", 303)


@router.post("/systems/{code}/resume")
def resume(request: Request, account: OpsForm, code: str) -> Response:
    """Let a paused system go on."""
    portal_of(request).platform.ops.resume(account, code)
    return RedirectResponse(f"/ops/systems/{code}?done=resumed", 303)


@router.post("/systems/{code}/sync")
def sync(request: Request, account: OpsForm, code: str) -> Response:
    """Read a system now."""
    return _start(request, account, code, None)


@router.post("/systems/{code}/backfill")
def backfill(
    request: Request, account: OpsForm, code: str, first: Text = "", last: Text = ""
) -> Response:
    """Read days of a system again, the first and the last counted."""
    return _start(request, account, code, (first, last))


def _start(
    request: Request, account: Account, code: str, period: tuple[str, str] | None
) -> Response:
    try:
        portal_of(request).platform.ops.start(account, code, period)
    except BadInput as error:
        return wrong(request, code, error.message, "first" if period else "deeds")
    except RetryLater as error:
        many = error.facts.get("reason") == "too_many_runs"
        problem = say("deed.many" if many else "deed.busy")
        return _system(request, code, problem=problem, status=409)
    return RedirectResponse(f"/ops/systems/{code}?done=started#runs", 303)
