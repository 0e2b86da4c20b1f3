"""一件事: several cases of one applicant as one list and one form, each paper and field once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from kernel.errors import BadInput
from portal.guards import only
from portal.port import Account
from portal.port_forms import TYPES, JoinedForm, OnceField
from portal.port_papers import Once, Together
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
#: What one has to do first stands first.
VERDICTS = ("bring", "could_be_waived", "waived", "not_needed")


@router.get("/clerk/together")
def together(
    request: Request, account: Clerk, case: Annotated[list[str] | None, Query()] = None
) -> Response:
    """The plans of the ticked cases as one, and their forms as one."""
    numbers = [one for one in dict.fromkeys(case or []) if one.strip()]
    if len(numbers) < 2:
        raise BadInput(say("together.few"))
    platform = portal_of(request).platform
    found = platform.papers.together(account, numbers)
    form = platform.forms.together(account, numbers)
    named = dict(zip(found.cases, found.items, strict=True))
    facts = {"found": found, "form": form, "named": named, "types": TYPES}
    return page(request, "together.html", lines=by_verdict(found), fields=by_filler(form), **facts)


def by_verdict(found: Together) -> dict[str, list[Once]]:
    """Each paper under the verdict of the case that asks most for it."""
    groups: dict[str, list[Once]] = {verdict: [] for verdict in VERDICTS}
    for one in found.materials:
        groups[one.line.verdict].append(one)
    return groups


def by_filler(form: JoinedForm) -> dict[str, list[OnceField]]:
    """The fields by who fills them in: filled, withheld, typed."""
    groups: dict[str, list[OnceField]] = {"filled": [], "withheld": [], "typed": []}
    for one in form.fields:
        field = one.field
        who = "filled" if field.value is not None else "withheld" if field.withheld else "typed"
        groups[who].append(one)
    return groups
