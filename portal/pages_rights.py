"""Pages of who may handle what, and of orders of courts and auditors."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused, SkipRow
from portal.filled import begin_of, day, end_of, field_of, listed, needed_day
from portal.guards import only, only_form
from portal.pages_callers import DONE, Reader
from portal.port import Account
from portal.port_rights import ORDER_KINDS, NewOrder
from portal.render import page, portal_of
from portal.sent import Pairs, Sent, one
from registry.accounts import posts

router = APIRouter(prefix="/rights", include_in_schema=False)
Bureau = Annotated[Account, Depends(only("bureau"))]
BureauForm = Annotated[Account, Depends(only_form("bureau"))]
_DUTY: Final = (
    ("post", "post"), ("item", "item"), ("document", "document"), ("日期", "begins"),
    ("day it begins", "until"),
)  # fmt: skip
_ORDER: Final = (
    ("is of a", "kind"), ("document", "document"), ("names 1 to", "persons"),
    ("licence types", "types"), ("withheld", "withheld"), ("ends after", "ends"),
    ("日期", "begins"), ("号码", "persons"),
)  # fmt: skip


@router.get("/roster")
def roster(request: Request, account: Reader, done: str = "") -> Response:
    """Which post handles which item, from when until when."""
    return _roster(request, account, done=done if done in DONE else "")


def _roster(request: Request, account: Account, status: int = 200, /, **shown: Any) -> Response:
    portal = portal_of(request)
    values: dict[str, Any] = {"problem": "", "field": "list", "said": {}, "done": "", **shown}
    fixed = {
        "duties": portal.platform.rights.roster(),
        "posts": posts(),
        "edits": account.role == "bureau",
        "today": portal.clock().astimezone(CITY_TIME).date(),
    }
    return page(request, "roster.html", status, **fixed, **values)


@router.post("/roster")
def set_duty(request: Request, account: BureauForm, sent: Sent) -> Response:
    """A new line."""
    try:
        days = (needed_day(sent, "begins"), day(sent, "until"))
        item = one(sent, "item") or "*"
        portal_of(request).platform.rights.set_duty(
            account, one(sent, "post"), item, days, one(sent, "document")
        )
    except BadInput as error:
        field = field_of(error.message, _DUTY, "post")
        said = {name: value for name, value in sent if name != "form_token"}
        return _roster(request, account, 400, problem=error.message, field=field, said=said)
    return RedirectResponse("/rights/roster?done=recorded", 303)


@router.post("/roster/{number}/end")
def end_duty(request: Request, account: BureauForm, number: int, sent: Sent) -> Response:
    """A line ends with that day."""
    try:
        last = needed_day(sent, "until")
        portal_of(request).platform.rights.end_duty(account, number, last)
    except BadInput as error:
        return _roster(request, account, 400, problem=error.message)
    return RedirectResponse("/rights/roster?done=ended", 303)


@router.get("/orders")
def orders(request: Request, account: Bureau, done: str = "") -> Response:
    """Every order, without of whom; recording one."""
    return _orders(request, account, done=done if done in DONE else "")


def _orders(request: Request, account: Account, status: int = 200, /, **shown: Any) -> Response:
    portal = portal_of(request)
    values: dict[str, Any] = {"problem": "", "field": "list", "said": {}, "done": "", **shown}
    fixed: dict[str, Any] = {
        "orders": portal.platform.rights.orders(account),
        "kinds": ORDER_KINDS,
        "now": portal.clock(),
    }
    return page(request, "orders.html", status, **fixed, **values)


@router.post("/orders")
def propose(request: Request, account: BureauForm, sent: Sent) -> Response:
    """The first person records what the document says. Numbers are not shown again."""
    persons = [("person", said) for said in listed(sent, "persons")]
    persons += [("organisation", said) for said in listed(sent, "organisations")]
    try:
        portal_of(request).platform.rights.propose_order(account, _order(sent), persons)
    except (BadInput, SkipRow) as error:
        message = "有一个号码不对，请逐个核对" if isinstance(error, SkipRow) else error.message
        kept = ("kind", "document", "types", "begins", "ends", "withheld")
        said = {name: one(sent, name) for name in kept}
        field = field_of(message, _ORDER, "document")
        return _orders(request, account, 400, problem=message, field=field, said=said)
    return RedirectResponse("/rights/orders?done=recorded", 303)


def _order(sent: Pairs) -> NewOrder:
    kind = next((known for known in ORDER_KINDS if known == one(sent, "kind")), None)
    if kind is None:
        raise BadInput("an order is of a court, audit, discipline")
    withheld = day(sent, "withheld")
    return NewOrder(
        kind,
        one(sent, "document"),
        frozenset(),
        frozenset(listed(sent, "types")),
        begin_of(needed_day(sent, "begins")),
        end_of(needed_day(sent, "ends")),
        end_of(withheld) if withheld else None,
    )


@router.post("/orders/{number}/confirm")
def confirm(request: Request, account: BureauForm, number: int) -> Response:
    """The second person's yes."""
    try:
        portal_of(request).platform.rights.confirm_order(account, number)
    except (BadInput, Refused) as error:
        status = 403 if isinstance(error, Refused) else 400
        return _orders(request, account, status, problem=error.message)
    return RedirectResponse("/rights/orders?done=confirmed", 303)


@router.post("/orders/{number}/end")
def end_order(request: Request, account: BureauForm, number: int) -> Response:
    """End it before its time."""
    try:
        portal_of(request).platform.rights.end_order(account, number)
    except BadInput as error:
        return _orders(request, account, 400, problem=error.message)
    return RedirectResponse("/rights/orders?done=ended", 303)
