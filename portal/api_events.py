"""The API of events: receivers, their approval, what they refused, telling again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel

from kernel.errors import BadInput
from portal.api import PROBLEMS, Clerk, Numbers, Systems
from portal.api_rights import Numbered
from portal.guards import only_api
from portal.port import Account
from portal.port_events import EventsPort, Letter, Subscription, Wanted
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[say("api.events")])
Bureau = Annotated[Account, Depends(only_api("bureau"))]


class NewReceiver(BaseModel):
    """Where events go. No types, no departments: all. `secret`: only its name."""

    name: str
    department: str
    url: str
    kinds: list[str]
    types: list[str] = []
    departments: list[str] = []
    secret: str
    since: AwareDatetime | None = None


class Addresses(BaseModel):
    """The IP addresses that the receiver's name has, as the bureau has checked."""

    addresses: list[str]


class Again(BaseModel):
    """From when: a time, or an entry of the ledger."""

    time: AwareDatetime | None = None
    entry: int | None = None


@dataclass(frozen=True)
class Resolved:
    """What the receiver's name resolves to now."""

    addresses: list[str]


@dataclass(frozen=True)
class Begins:
    """The entry of the ledger from which is told again."""

    entry: int


@dataclass(frozen=True)
class Reference:
    """What stands for the applicant in the events of that receiver."""

    reference: str


def _of(request: Request) -> EventsPort:
    return portal_of(request).platform.events


@router.get("/receivers", summary=say("api.receivers.get"))
def receivers(request: Request, account: Systems) -> list[Subscription]:
    """Every receiver; for an officer, those of the department."""
    return _of(request).receivers(account)


@router.post("/receivers", summary=say("api.receivers.post"))
def propose(request: Request, account: Systems, sent: NewReceiver) -> Numbered:
    """A department's officer, or operations, names a receiver."""
    return Numbered(_of(request).propose(account, Wanted(**sent.model_dump())))


@router.get("/receivers/{number}/addresses", summary=say("api.receivers.addresses"))
def addresses(request: Request, _: Bureau, number: int) -> Resolved:
    """What the bureau would approve."""
    return Resolved(_of(request).addresses(number))


@router.post("/receivers/{number}/approve", summary=say("api.receivers.approve"))
def approve(request: Request, account: Bureau, number: int, sent: Addresses) -> Numbered:
    """The bureau's yes."""
    _of(request).approve(account, number, sent.addresses)
    return Numbered(number)


@router.post("/receivers/{number}/end", summary=say("api.receivers.end"))
def end(request: Request, account: Systems, number: int) -> Numbered:
    """No more is told."""
    _of(request).end(account, number)
    return Numbered(number)


@router.post("/receivers/{number}/replay", summary=say("api.receivers.replay"))
def replay(request: Request, account: Numbers, number: int, sent: Again) -> Begins:
    """Tell everything again, under the same ids."""
    start = sent.time if sent.entry is None else sent.entry
    if start is None or (sent.time is not None and sent.entry is not None):
        raise BadInput("say from when: either a time or an entry of the ledger")
    return Begins(_of(request).replay(account, number, start).entry)


@router.get("/receivers/{number}/letters", summary=say("api.receivers.letters"))
def letters(request: Request, account: Systems, number: int) -> list[Letter]:
    """What it refused, and what waits behind that."""
    return _of(request).letters(account, number)


@router.get("/cases/{case}/references/{number}", summary=say("api.reference.get"))
def reference(request: Request, account: Clerk, case: str, number: int) -> Reference:
    """By what a receiver's events name the applicant; only for who may plan the case."""
    return Reference(_of(request).reference(account, case, number))
