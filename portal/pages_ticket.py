"""A clerk comes in out of the one-window, with a ticket that is good once."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from kernel.errors import NotAuthorised
from portal.entering import set_session
from portal.guards import visitor
from portal.render import page, portal_of

router = APIRouter(include_in_schema=False)


@router.get("/in")
def come_in(request: Request, ticket: str = "") -> Response:
    """Into the plan of the ticket's case. Whoever was signed in in this browser is signed out."""
    portal = portal_of(request)
    try:
        entered = portal.platform.tickets.enter(ticket)
    except NotAuthorised as error:
        known = {
            "demo": portal.platform.demo_accounts(),
            "oidc": portal.platform.elsewhere.offered(),
        }
        return page(
            request, "login.html", 401, **known, back="", name="", problem=error.message,
            changed=False,
        )  # fmt: skip
    before = visitor(request)
    if before is not None:
        portal.platform.signing.end_session(before.session.id, before.session.expires)
        request.state.visit = None
    # A strict cookie does not go along a chain that another site began: a page of ours goes on.
    answer = page(request, "entered.html", where=f"/clerk/cases/{quote(entered.case_number)}")
    _, text = portal.sessions.begin(entered.account.name, idles=True)
    set_session(request, answer, text)
    return answer
