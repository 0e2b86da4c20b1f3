"""Pages of uses: which items may use a department's licences; the bureau rules on disputes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused
from portal.guards import only, only_form
from portal.port import Account
from portal.port_rights import USE_STATES, USES_PAGE, State, UsesPort
from portal.render import page, portal_of
from portal.sent import Pairs, Sent, every, one
from portal.words import say
from registry import licence_types

router = APIRouter(prefix="/catalog/uses", include_in_schema=False)
Judge = Annotated[Account, Depends(only("judging"))]
JudgeForm = Annotated[Account, Depends(only_form("judging"))]
OfficerForm = Annotated[Account, Depends(only_form("dept"))]
BureauForm = Annotated[Account, Depends(only_form("bureau"))]
DONE: Final = ("approved", "refused", "disputed", "ruled")


def _uses(request: Request) -> UsesPort:
    return portal_of(request).platform.uses


@router.get("")
def uses(request: Request, account: Judge, done: str = "") -> Response:
    """The types that a department decides on, and what was refused to its items."""
    return _all(request, account, done=done if done in DONE else "")


def _all(
    request: Request,
    account: Account,
    status: int = 200,
    *,
    done: str = "",
    problem: str = "",
    field: str = "refused",
) -> Response:
    own = account.department if account.role == "officer" else None
    found = {"types": _uses(request).counted(own), "refused": _uses(request).refused(own)}
    said = {"done": done, "problem": problem, "field": field}
    return page(request, "uses.html", status, most=USES_PAGE, **found, **said)


@router.get("/{licence_type}")
def of_type(
    request: Request,
    account: Judge,
    licence_type: str,
    state: str = "requested",
    after: Annotated[str, Query(max_length=200)] = "",
    done: str = "",
    n: int = 0,
) -> Response:
    """The items that use one type, by how their use stands."""
    said = say(f"uses.done.{done}", n=n) if done in DONE else ""
    return _of_type(request, account, licence_type, state, after=after, done=said)


def _of_type(
    request: Request,
    account: Account,
    licence_type: str,
    state: str,
    status: int = 200,
    **shown: Any,
) -> Response:
    kind, chosen = licence_types.load().get(licence_type), _state(state)
    if kind is None:
        raise BadInput(say("uses.no_type"))
    found = _uses(request).of_type(licence_type, chosen, shown.get("after", ""))
    rows = found[:USES_PAGE]
    values: dict[str, Any] = {"after": "", "done": "", "problem": "", "field": "list", "sent": ()}
    values |= shown
    facts = {
        "kind": kind,
        "licence_type": licence_type,
        "state": chosen,
        "states": USE_STATES,
        "decides": account.role == "officer" and account.department == kind.department,
        "today": portal_of(request).clock().astimezone(CITY_TIME).date(),
        "next": rows[-1].use.item_id if len(found) > USES_PAGE else "",
        "ticked": every(values["sent"], "item"),
        "why": one(values["sent"], "why"),
    }
    return page(request, "use_type.html", status, rows=rows, **facts, **values)


def _state(said: str) -> State:
    return next((known for known in USE_STATES if known == said), "requested")


@router.post("/{licence_type}")
def decide(request: Request, account: OfficerForm, licence_type: str, sent: Sent) -> Response:
    """The issuing department's yes or no to the items that are ticked."""
    items, answer = every(sent, "item"), one(sent, "answer")
    try:
        if not items:
            raise BadInput(say("uses.none_ticked"))
        fields = _fields(licence_type, sent) if answer == "approved" else None
        pairs = [(item, licence_type) for item in items]
        made = _uses(request).decide(account, pairs, answer, one(sent, "why"), fields)
    except (BadInput, Refused) as error:
        status = 403 if isinstance(error, Refused) else 400
        field = _field(items, error.message)
        said = {"problem": error.message, "field": field, "sent": sent}
        return _of_type(request, account, licence_type, one(sent, "state"), status, **said)
    where = f"/catalog/uses/{quote(licence_type, safe='')}"
    return RedirectResponse(f"{where}?done={answer}&n={len(made)}", 303)


def _fields(licence_type: str, sent: Pairs) -> list[str] | None:
    """The fields that are ticked; None where the type has none. Raises BadInput."""
    kind = licence_types.load().get(licence_type)
    if kind is None or not kind.fields:
        return None
    chosen = list(every(sent, "fields"))
    if not chosen:
        raise BadInput(say("uses.no_field"))
    return chosen


def _field(items: Sequence[str], message: str) -> str:
    if not items:
        return "list"
    return "fields" if message == say("uses.no_field") else "why"


@router.post("/{licence_type}/{item}/dispute")
def dispute(
    request: Request, account: JudgeForm, licence_type: str, item: str, sent: Sent
) -> Response:
    """A refusal is wrong: the bureau rules."""
    try:
        _uses(request).dispute(account, (item, licence_type), one(sent, "why"))
    except (BadInput, Refused) as error:
        status = 403 if isinstance(error, Refused) else 400
        return _all(request, account, status, problem=error.message)
    return RedirectResponse("/catalog/uses?done=disputed", 303)


@router.post("/{licence_type}/{item}/rule")
def rule(
    request: Request, account: BureauForm, licence_type: str, item: str, sent: Sent
) -> Response:
    """The bureau's ruling; it is final."""
    pair = (item, licence_type)
    try:
        _uses(request).rule(account, pair, one(sent, "answer"), one(sent, "why"), None)
    except (BadInput, Refused) as error:
        status = 403 if isinstance(error, Refused) else 400
        return _all(request, account, status, problem=error.message)
    return RedirectResponse("/catalog/uses?done=ruled", 303)
