"""A clerk comes in from the one-window by a ticket, and stands before the plan of the case."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel
from starlette.responses import Response

from kernel.errors import NotAuthorised, Refused
from portal.api import CASES, PROBLEMS, raw_body
from portal.entering import set_session
from portal.pages_public import sign_in_page
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
calls = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CASES])
Body = Annotated[bytes, Depends(raw_body)]


class TicketGiven(BaseModel):
    """A ticket for the clerk's browser, once, until then: `address` with `ticket` in it."""

    ticket: str
    ends: datetime
    number: str
    address: str


@calls.post("/window/tickets", summary=say("api.window.tickets"))
def give(request: Request, body: Body) -> TicketGiven:
    """Signed by the one-window: its clerk goes on here, with this case."""
    made = portal_of(request).platform.tickets.give(request.headers, body)
    address = f"/in?ticket={made.ticket}"
    return TicketGiven(ticket=made.ticket, ends=made.ends, number=made.number, address=address)


@router.get("/in")
def by_address(request: Request, ticket: str = "") -> Response:
    """The one-window led the browser here. The ticket is good once, so nothing is lost by it."""
    return _in(request, ticket)


@router.post("/in")
def by_form(request: Request, ticket: Annotated[str, Form()] = "") -> Response:
    """The same by a form of the one-window; the ticket stands in place of a form's token."""
    return _in(request, ticket)


def _in(request: Request, ticket: str) -> Response:
    portal = portal_of(request)
    try:
        entered = portal.platform.tickets.take(ticket)
    except (NotAuthorised, Refused) as error:
        said = error.message + say("login.ticket.again")
        return sign_in_page(request, "", problem=said, status=401)
    # A strict cookie does not go along a chain that another site began: a page of ours goes on.
    answer = page(request, "entered.html", where=f"/clerk/cases/{quote(entered.case, safe='')}")
    _, text = portal.sessions.begin(entered.account.name, idles=True)
    set_session(request, answer, text)
    return answer
