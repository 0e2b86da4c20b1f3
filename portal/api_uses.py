"""The API of uses, the roster, orders and alarms."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel

from portal.api import PROBLEMS, Numbers, Person, Systems
from portal.api_rights import Numbered, Reason
from portal.filled import Before
from portal.guards import only_api
from portal.port import Account
from portal.port_rights import (
    Alarm,
    Duty,
    NewOrder,
    Order,
    Ordered,
    RightsPort,
    Use,
    UseRow,
    UsesPort,
)
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[say("api.rights")])
Officer = Annotated[Account, Depends(only_api("dept"))]
Judge = Annotated[Account, Depends(only_api("judging"))]
Bureau = Annotated[Account, Depends(only_api("bureau"))]


class Pair(BaseModel):
    """An item's use of a licence type."""

    item: str
    licence_type: str


class Decision(BaseModel):
    """Yes or no to uses. `fields`: the detail fields they may have; none: all of the type's."""

    uses: list[Pair]
    state: Literal["approved", "refused"]
    why: str = ""
    fields: list[str] | None = None


class Dispute(Pair):
    """Why a refusal is wrong."""

    why: str


class Ruling(Pair):
    """The bureau's word on a dispute."""

    state: Literal["approved", "refused"]
    why: str
    fields: list[str] | None = None


class NewDuty(BaseModel):
    """A post handles an item (or *) from a day, until a day that still counts."""

    post: str
    item: str
    begins: date
    until: date | None = None
    document: str


class Until(BaseModel):
    """The last day."""

    until: date


class SentOrder(BaseModel):
    """What the document of a court, auditor or discipline inspector says."""

    kind: Literal["court", "audit", "discipline"]
    document: str
    subjects: list[Person]
    types: list[str]
    begins: AwareDatetime
    ends: AwareDatetime
    withheld_until: AwareDatetime | None = None


class Wanted(BaseModel):
    """Whose licences of which type."""

    person: Person
    licence_type: str


def _rights(request: Request) -> RightsPort:
    return portal_of(request).platform.rights


def _uses(request: Request) -> UsesPort:
    return portal_of(request).platform.uses


@router.get("/uses", summary=say("api.uses.get"))
def uses(
    request: Request, account: Systems, state: str | None = None, overdue: bool = False
) -> list[UseRow]:
    """Every use; for an officer, those that the department decides."""
    own = account.department if account.role == "officer" else None
    return _uses(request).rows(state, own, overdue)


@router.post("/uses", summary=say("api.uses.post"))
def decide(request: Request, account: Officer, sent: Decision) -> list[Use]:
    """The issuing department decides, once."""
    pairs = [(one.item, one.licence_type) for one in sent.uses]
    return _uses(request).decide(account, pairs, sent.state, sent.why, sent.fields)


@router.get("/uses/{item}/{licence_type}", summary=say("api.use.get"))
def history(request: Request, _: Systems, item: str, licence_type: str) -> list[Use]:
    """What was said of one use, the newest first."""
    return _uses(request).history(item, licence_type)


@router.post("/uses/dispute", summary=say("api.uses.dispute"))
def dispute(request: Request, account: Judge, sent: Dispute) -> Use:
    """Say that a refusal is wrong; the bureau rules."""
    return _uses(request).dispute(account, (sent.item, sent.licence_type), sent.why)


@router.post("/uses/rule", summary=say("api.uses.rule"))
def rule(request: Request, account: Bureau, sent: Ruling) -> Use:
    """Rule on a dispute."""
    pair = (sent.item, sent.licence_type)
    return _uses(request).rule(account, pair, sent.state, sent.why, sent.fields)


@router.get("/roster", summary=say("api.roster.get"))
def roster(request: Request, _: Numbers) -> list[Duty]:
    """Which post handles which item when."""
    return _rights(request).roster()


@router.post("/roster", summary=say("api.roster.post"))
def set_duty(request: Request, account: Bureau, sent: NewDuty) -> Numbered:
    """Add a line."""
    days = (sent.begins, sent.until)
    number = _rights(request).set_duty(account, sent.post, sent.item, days, sent.document)
    return Numbered(number)


@router.post("/roster/{number}/end", summary=say("api.roster.end"))
def end_duty(request: Request, account: Bureau, number: int, sent: Until) -> Numbered:
    """Let a line end."""
    _rights(request).end_duty(account, number, sent.until)
    return Numbered(number)


@router.get("/orders", summary=say("api.orders.get"))
def orders(request: Request, account: Bureau) -> list[Order]:
    """Every order; of whom is not told."""
    return _rights(request).orders(account)


@router.post("/orders", summary=say("api.orders.post"))
def propose(request: Request, account: Bureau, sent: SentOrder) -> Numbered:
    """The first person records what the document says."""
    new = NewOrder(
        sent.kind, sent.document, frozenset(), frozenset(sent.types), sent.begins, sent.ends,
        sent.withheld_until,
    )  # fmt: skip
    subjects = [(one.kind, one.number) for one in sent.subjects]
    return Numbered(_rights(request).propose_order(account, new, subjects))


@router.post("/orders/{number}/confirm", summary=say("api.orders.confirm"))
def confirm(request: Request, account: Bureau, number: int) -> Numbered:
    """The second person's yes."""
    _rights(request).confirm_order(account, number)
    return Numbered(number)


@router.post("/orders/{number}/end", summary=say("api.orders.end"))
def end(request: Request, account: Bureau, number: int) -> Numbered:
    """End an order."""
    _rights(request).end_order(account, number)
    return Numbered(number)


@router.post("/orders/{number}/look", summary=say("api.orders.look"))
def look(request: Request, account: Bureau, number: int, sent: Wanted) -> list[Ordered]:
    """The licences of one of its subjects."""
    person = (sent.person.kind, sent.person.number)
    return _rights(request).look_ordered(account, number, person, sent.licence_type)


@router.get("/alarms", summary=say("api.alarms.get"))
def alarms(
    request: Request,
    _: Numbers,
    everything: bool = False,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[Alarm]:
    """Open alarms, or all, the newest first; the next page is before the last one's number."""
    return _rights(request).alarms("all" if everything else "open", before, limit)


@router.post("/alarms/{number}/close", summary=say("api.alarms.close"))
def close(request: Request, account: Numbers, number: int, sent: Reason) -> Numbered:
    """A person has looked into it."""
    _rights(request).close_alarm(account, number, sent.why)
    return Numbered(number)
