"""A clerk's page of a case: to which other posts it is given, and taken back."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.filled import again, day, end_of, field_of
from portal.guards import only, only_form
from portal.port import Account
from portal.port_rights import MODES, Given, RightsPort
from portal.render import page, portal_of
from portal.sent import Pairs, Sent, every, one
from registry import divisions

router = APIRouter(prefix="/clerk/cases/{number}/posts", include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
ClerkForm = Annotated[Account, Depends(only_form("clerk"))]
RIGHTS: Final = ("receive", "decide")
DONE: Final = ("given", "taken_back")
_FIELDS: Final = (
    ("no such post", "post"), ("is given to another post by", "mode"), ("rights are", "rights"),
    ("the place is", "place"), ("document", "document"), ("日期", "until"), ("ends after", "until"),
)  # fmt: skip


@router.get("")
def posts(request: Request, account: Clerk, number: str, done: str = "") -> Response:
    """Who else has the case, and the form that gives it to one more."""
    return _posts(request, account, number, done=done if done in DONE else "")


def _posts(
    request: Request, account: Account, number: str, status: int = 200, /, **shown: Any
) -> Response:
    values: dict[str, Any] = {"problem": "", "field": "", "said": {}, "done": "", **shown}
    fixed = {"case": _rights(request).assigned(account, number), "modes": MODES, "rights": RIGHTS}
    places = tuple(divisions.load())
    return page(request, "assigned.html", status, **fixed, places=places, **values)


@router.post("")
def give(request: Request, account: ClerkForm, number: str, sent: Sent) -> Response:
    """Give the case to one more post, from now on."""
    try:
        _rights(request).assign(account, _given(request, number, sent))
    except BadInput as error:
        said = {name: again(sent, name) for name in ("post", "mode", "place", "document", "until")}
        field = field_of(error.message, _FIELDS, "post")
        shown = {"problem": error.message, "field": field, "ticked": every(sent, "rights")}
        return _posts(request, account, number, 400, said=said, **shown)
    return _back(number, "given")


def _given(request: Request, number: str, sent: Pairs) -> Given:
    until = day(sent, "until")
    mode = next((name for name in MODES if name == one(sent, "mode")), None)
    if mode is None:
        raise BadInput(f"a case is given to another post by {', '.join(MODES)}")
    ticked = every(sent, "rights")
    return Given(
        number,
        one(sent, "post"),
        frozenset(name for name in ("receive", "decide") if name in ticked),
        mode,
        one(sent, "place"),
        one(sent, "document"),
        portal_of(request).clock(),
        end_of(until) if until is not None else None,
    )


@router.post("/{assignment}/take-back")
def take_back(request: Request, account: ClerkForm, number: str, assignment: int) -> Response:
    """It ends at once."""
    try:
        _rights(request).take_back(account, number, assignment)
    except BadInput as error:
        return _posts(request, account, number, 400, problem=error.message, field="held")
    return _back(number, "taken_back")


def _back(number: str, done: str) -> Response:
    return RedirectResponse(f"/clerk/cases/{quote(number, safe='')}/posts?done={done}", 303)


def _rights(request: Request) -> RightsPort:
    return portal_of(request).platform.rights
