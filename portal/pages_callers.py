"""Pages of who gets data by program: calling systems, and receivers of events."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, PersonMustAct, Refused, ZhongtaiError
from portal.filled import begin_of, end_of, field_of, listed, needed_day, number
from portal.guards import only, only_form
from portal.port import Account
from portal.port_callers import OPERATIONS, NewGrant
from portal.port_events import EventsPort
from portal.render import page, portal_of
from portal.sent import Pairs, Sent, every, one
from registry import departments

router = APIRouter(prefix="/rights", include_in_schema=False)
Reader = Annotated[Account, Depends(only("rights"))]
BureauForm = Annotated[Account, Depends(only_form("bureau"))]
Text = Annotated[str, Form(max_length=200)]
DONE: Final = ("applied", "approved", "paused", "resumed", "ended", "recorded", "confirmed")
#: Which field a refusal is about, by a word of its sentence.
_CALLER: Final = (
    ("caller's code", "code"), ("secret is", "secret"), ("department", "department"),
    ("operations", "operations"), ("item is", "items"), ("licence type of", "types"),
    ("network", "networks"), ("per_minute", "per_minute"), ("per_day", "per_day"),
    ("限额", "per_minute"), ("ends", "begins"), ("日期", "begins"), ("name", "name"),
    ("document", "document"),
)  # fmt: skip


@router.get("")
def first(_: Reader) -> Response:
    """The first of the pages."""
    return RedirectResponse("/rights/callers", 303)


@router.get("/callers")
def callers(request: Request, account: Reader, done: str = "") -> Response:
    """Every grant and application; asking for a new one."""
    return _callers(request, account, done=done if done in DONE else "")


def _callers(request: Request, account: Account, status: int = 200, /, **shown: Any) -> Response:
    portal = portal_of(request)
    values: dict[str, Any] = {"problem": "", "field": "list", "said": {}, "done": "", **shown}
    fixed: dict[str, Any] = {
        "grants": portal.platform.callers.listed(),
        "operations": OPERATIONS,
        "departments": tuple(departments.load()),
        "edits": account.role == "bureau",
        "now": portal.clock(),
    }
    return page(request, "callers.html", status, **fixed, **values)


@router.post("/callers")
def apply(request: Request, account: BureauForm, sent: Sent) -> Response:
    """Ask for a grant; another person of the bureau approves it."""
    try:
        portal_of(request).platform.callers.apply(account, _grant(sent))
    except BadInput as error:
        field = field_of(error.message, _CALLER, "code")
        return _callers(request, account, 400, problem=error.message, field=field, said=_kept(sent))
    return RedirectResponse("/rights/callers?done=applied", 303)


def _grant(sent: Pairs) -> NewGrant:
    return NewGrant(
        code=one(sent, "code"),
        name=one(sent, "name"),
        department=one(sent, "department"),
        secret=one(sent, "secret"),
        operations=every(sent, "operations"),
        items=listed(sent, "items"),
        types=listed(sent, "types"),
        networks=listed(sent, "networks"),
        per_minute=number(sent, "per_minute"),
        per_day=number(sent, "per_day"),
        begins=begin_of(needed_day(sent, "begins")),
        ends=end_of(needed_day(sent, "ends")),
        document=one(sent, "document"),
    )


def _kept(sent: Pairs) -> dict[str, Any]:
    """What was typed, so that nothing is lost."""
    typed: dict[str, Any] = {name: value for name, value in sent if name != "form_token"}
    return typed | {name: every(sent, name) for name in ("operations", "kinds")}


@router.post("/callers/{number}/approve")
def approve(request: Request, account: BureauForm, number: int) -> Response:
    """Another person's yes."""
    try:
        portal_of(request).platform.callers.approve(account, number)
    except (BadInput, Refused) as error:
        status = 403 if isinstance(error, Refused) else 400
        return _callers(request, account, status, problem=error.message)
    return RedirectResponse("/rights/callers?done=approved", 303)


@router.post("/callers/{code}/pause")
def pause(request: Request, account: BureauForm, code: str, why: Text = "") -> Response:
    """Take no more calls of it."""
    try:
        portal_of(request).platform.callers.pause(account, code, why)
    except BadInput as error:
        return _callers(request, account, 400, problem=error.message)
    return RedirectResponse("/rights/callers?done=paused", 303)


@router.post("/callers/{code}/resume")
def resume(request: Request, account: BureauForm, code: str) -> Response:
    """Take its calls again."""
    try:
        portal_of(request).platform.callers.resume(account, code)
    except BadInput as error:
        return _callers(request, account, 400, problem=error.message)
    return RedirectResponse("/rights/callers?done=resumed", 303)


@router.get("/receivers")
def receivers(request: Request, account: Reader, done: str = "") -> Response:
    """Every receiver of events, and what it refused."""
    return _receivers(request, account, done=done if done in DONE else "")


def _receivers(request: Request, account: Account, status: int = 200, /, **shown: Any) -> Response:
    values: dict[str, Any] = {"problem": "", "field": "list", "said": {}, "done": "", **shown}
    fixed: dict[str, Any] = {
        "receivers": portal_of(request).platform.events.receivers(),
        "edits": account.role == "bureau",
    }
    return page(request, "receivers.html", status, **fixed, **values)


@router.get("/receivers/{number}")
def receiver(request: Request, account: Reader, number: int) -> Response:
    """One receiver: where its name leads now, what it refused; approving, telling again."""
    return _receiver(request, account, number)


def _receiver(
    request: Request, account: Account, number: int, problem: str = "", status: int = 200
) -> Response:
    events = portal_of(request).platform.events
    found = next((row for row in events.receivers() if row.id == number), None)
    if found is None:
        raise BadInput("没有这个事件接收方")
    waits = found.state == "proposed" and account.role == "bureau"
    shown = {
        "one": found,
        "letters": events.letters(account, number),
        "addresses": _resolved(events, number) if waits else [],
        "edits": account.role == "bureau",
        "problem": problem,
        "field": "deeds",
    }
    return page(request, "receiver.html", status, **shown)


def _resolved(events: EventsPort, number: int) -> list[str]:
    """What the receiver's name resolves to now; nothing where it does not."""
    try:
        return events.addresses(number)
    except ZhongtaiError:
        return []


@router.post("/receivers/{number}/approve")
def approve_receiver(request: Request, account: BureauForm, number: int, sent: Sent) -> Response:
    """The bureau's yes to the addresses that were shown."""
    return _deed(
        request, account, number, "approved",
        lambda events: events.approve(account, number, every(sent, "address")),
    )  # fmt: skip


@router.post("/receivers/{number}/end")
def end_receiver(request: Request, account: BureauForm, number: int) -> Response:
    """No more is told."""
    return _deed(request, account, number, "ended", lambda events: events.end(account, number))


def _deed(request: Request, account: Account, number: int, done: str, act: Any) -> Response:
    try:
        act(portal_of(request).platform.events)
    except (PersonMustAct, Refused) as error:
        status = 403 if isinstance(error, Refused) else 400
        return _receiver(request, account, number, error.message, status)
    return RedirectResponse(f"/rights/receivers?done={done}", 303)
