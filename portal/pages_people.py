"""A clerk's page of a case: who acts in it, by which mandate; what its holders agreed to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused, SkipRow
from portal.filled import again, day, field_of, needed_day
from portal.guards import only, only_form
from portal.port import Account
from portal.port_rights import PRESENCE, Mandate, RightsPort
from portal.render import page, portal_of
from portal.sent import Pairs, Sent, every, one
from portal.words import say

router = APIRouter(prefix="/clerk/cases/{number}/people", include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
ClerkForm = Annotated[Account, Depends(only_form("clerk"))]
DONE: Final = ("came", "agent", "revoked", "agreed", "withdrawn", "code", "proved")
#: A code that is not taken is the holder's to show again: it is said beside the field.
CODE: Final = frozenset({"code_wrong", "code_throttled"})
#: What an agent's form keeps when something is wrong with it; the number never.
AGAIN: Final = ("kind", "items", "begins", "until", "document")
_AGENT: Final = (
    ("号码", "agent"), ("themselves", "agent"), ("日期", "until"), ("ends on or after", "until"),
    ("document", "document"),
)  # fmt: skip


@router.get("")
def people(request: Request, account: Clerk, number: str, done: str = "") -> Response:
    """Who came, mandates, consents."""
    return _people(request, account, number, done=done if done in DONE else "")


def _people(
    request: Request, account: Account, number: str, status: int = 200, /, **shown: Any
) -> Response:
    portal = portal_of(request)
    values: dict[str, Any] = {"problem": "", "field": "", "said": {}, "done": "", **shown}
    found = _rights(request).at_hand(account, number)
    fixed = {"case": found, "now": portal.clock(), "today": _today(request)}
    return page(request, "people.html", status, **fixed, **values)


@router.post("/came")
def came(request: Request, account: ClerkForm, number: str) -> Response:
    """The applicant came in person after all."""
    _rights(request).came(account, number, None)
    return _back(number, "came")


@router.post("/agent")
def agent(request: Request, account: ClerkForm, number: str, sent: Sent) -> Response:
    """An agent came. With a document the mandate is recorded too; without, one from before counts.

    The number is not shown again.
    """
    kind = "organisation" if one(sent, "kind") == "organisation" else "person"
    who = (kind, one(sent, "agent"))
    try:
        mandate = None
        if one(sent, "document"):
            item = _rights(request).at_hand(account, number).item
            mandate = _mandate(request, sent, item)
        _rights(request).agent_came(account, number, who, mandate)
    except (BadInput, SkipRow) as error:
        message = say("people.number.wrong") if isinstance(error, SkipRow) else error.message
        said = {name: again(sent, name) for name in AGAIN}
        field = field_of(message, _AGENT, "agent")
        return _people(request, account, number, 400, problem=message, field=field, said=said)
    return _back(number, "agent")


def _mandate(request: Request, sent: Pairs, item: str) -> Mandate:
    items = ("*",) if one(sent, "items") == "*" else (item,)
    begins = day(sent, "begins") or _today(request)
    return Mandate(items, begins, needed_day(sent, "until"), one(sent, "document"))


@router.post("/mandates/{mandate}/revoke")
def revoke(request: Request, account: ClerkForm, number: str, mandate: int, sent: Sent) -> Response:
    """A mandate ends at once."""
    try:
        _rights(request).revoke(account, number, mandate, one(sent, "why"))
    except BadInput as error:
        field = f"why-{mandate}"
        return _people(request, account, number, 400, problem=error.message, field=field)
    return _back(number, "revoked")


@router.post("/consents")
def consent(request: Request, account: ClerkForm, number: str, sent: Sent) -> Response:
    """The applicant agreed, on paper."""
    try:
        _rights(request).consent(account, number, every(sent, "types"), one(sent, "paper"))
    except BadInput as error:
        field = field_of(error.message, (("document", "paper"),), "types")
        said = {"paper": again(sent, "paper"), "types": every(sent, "types")}
        return _people(request, account, number, 400, problem=error.message, field=field, said=said)
    return _back(number, "agreed")


@router.post("/consents/withdraw")
def withdraw(request: Request, account: ClerkForm, number: str, sent: Sent) -> Response:
    """The applicant takes it back."""
    try:
        _rights(request).withdraw(account, number, every(sent, "types"))
    except BadInput as error:
        return _people(request, account, number, 400, problem=error.message, field="consents")
    return _back(number, "withdrawn")


@router.post("/codes")
def code(request: Request, account: ClerkForm, number: str, sent: Sent) -> Response:
    """The code that the holder shows."""
    typed = "".join(one(sent, "code").split())[:40]
    try:
        _rights(request).use_code(account, number, typed)
    except Refused as error:
        if error.facts.get("reason") not in CODE:
            raise
        return _people(request, account, number, 403, problem=error.message, field="code")
    return _back(number, "code")


@router.post("/presence")
def presence(request: Request, account: ClerkForm, number: str, sent: Sent) -> Response:
    """The identity service's signed result that the holder was there; it is not shown again."""
    try:
        _rights(request).presence(account, number, one(sent, "result").encode())
    except (BadInput, SkipRow) as error:
        message = say("people.number.wrong") if isinstance(error, SkipRow) else error.message
        return _people(request, account, number, 400, problem=message, field="result")
    except Refused as error:
        if error.facts.get("reason") not in PRESENCE:
            raise
        return _people(request, account, number, 403, problem=error.message, field="result")
    return _back(number, "proved")


def _back(number: str, done: str) -> Response:
    return RedirectResponse(f"/clerk/cases/{quote(number, safe='')}/people?done={done}", 303)


def _today(request: Request) -> date:
    return portal_of(request).clock().astimezone(CITY_TIME).date()


def _rights(request: Request) -> RightsPort:
    return portal_of(request).platform.rights
