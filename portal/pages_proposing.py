"""On an item's page: a deviation is proposed, and who decides the item is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused
from portal.guards import only_form
from portal.pages_counties import item_page
from portal.port import Account
from portal.port_catalog import decisions_of, proposals_of
from portal.render import portal_of
from portal.sent import Pairs, Sent, one
from portal.words import say

router = APIRouter(prefix="/catalog", include_in_schema=False)
Proposer = Annotated[Account, Depends(only_form("judging"))]
Bureau = Annotated[Account, Depends(only_form("bureau"))]
#: What `row_of` puts before a sentence: a page has no rows.
ROW = "row 2: "


class Kind(NamedTuple):
    """A form: the prefix of its ids, its fields in the page's order, those that must be filled."""

    prefix: str
    fields: tuple[str, ...]
    needed: tuple[str, ...]


DEVIATION = Kind(
    "dev",
    ("field", "value", "division", "begins", "ends", "basis", "document", "why"),
    ("field", "value", "begins", "basis", "why"),
)
DECIDING = Kind(
    "who",
    ("manner", "department", "on_behalf_of", "division", "begins", "ends", "document", "basis",
     "why"),
    ("manner", "begins", "document", "why"),
)  # fmt: skip


@router.post("/items/{item}/deviations")
def propose(request: Request, account: Proposer, item: str, sent: Sent) -> Response:
    """One deviation, for another person of the bureau to decide on."""
    room = portal_of(request).platform.cataloguing

    def keep(row: dict[str, str], why: str) -> Sequence[int]:
        return room.propose(proposals_of([row]), account.name, why)

    return _kept(request, item, DEVIATION, sent, keep, "proposed")


@router.post("/items/{item}/deciding")
def assign(request: Request, account: Bureau, item: str, sent: Sent) -> Response:
    """Who decides the item from a day on, by a document."""
    room = portal_of(request).platform.cataloguing

    def keep(row: dict[str, str], why: str) -> Sequence[int]:
        return room.assign(decisions_of([row]), account.name, why)

    return _kept(request, item, DECIDING, sent, keep, "assigned")


@router.post("/items/{item}/deciding/{number}/withdraw")
def unassign(request: Request, account: Bureau, item: str, number: int, sent: Sent) -> Response:
    """Take such a decision back: what gave way to it holds again."""
    try:
        portal_of(request).platform.cataloguing.unassign(number, account.name, one(sent, "why"))
    except BadInput as error:
        said = error.message
        return item_page(request, item, problem=said, field=f"w-{number}", status=400)
    return RedirectResponse(f"/catalog/items/{item}?done=unassigned&n={number}", 303)


def _kept(
    request: Request,
    item: str,
    kind: Kind,
    sent: Pairs,
    keep: Callable[[dict[str, str], str], Sequence[int]],
    done: str,
) -> Response:
    """Keep what a form says; when it is wrong, the page with the form as it was typed."""
    typed = {name: one(sent, name) for name in kind.fields}
    missing = [name for name in kind.needed if not typed[name]]
    field = (missing or kind.needed)[0]
    try:
        if missing:
            raise BadInput(say("propose.missing", what=say(f"propose.{missing[0]}")))
        row = {name: value for name, value in typed.items() if value and name != "why"}
        (number,) = keep({"item_id": item, **row}, typed["why"])
    except (BadInput, Refused) as error:
        problem = error.message.removeprefix(ROW)
        status = 403 if isinstance(error, Refused) else 400
        box = f"{kind.prefix}-{field}"
        draft = {"form": kind.prefix, **typed}
        return item_page(request, item, problem=problem, field=box, status=status, draft=draft)
    return RedirectResponse(f"/catalog/items/{item}?done={done}&n={number}", 303)
