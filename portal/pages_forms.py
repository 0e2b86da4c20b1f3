"""Pages of forms: a case's, filled in, for the clerk to copy; those that departments propose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Conflicts, Refused
from portal.guards import only, only_form
from portal.port import Account
from portal.port_forms import TYPES, CaseForm, FilledField
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
Deciders = Annotated[Account, Depends(only("judging"))]
DecidersForm = Annotated[Account, Depends(only_form("judging"))]
BureauForm = Annotated[Account, Depends(only_form("bureau"))]
Text = Annotated[str, Form()]
SHOWN = 100


@router.get("/clerk/cases/{number}/form")
def form(request: Request, account: Clerk, number: str) -> Response:
    """The case's form; each value can be copied to the form that the department's system shows."""
    found = portal_of(request).platform.forms.of_case(account, number)
    return page(request, "form.html", form=found, fields=group(found), types=TYPES)


def group(form: CaseForm) -> dict[str, list[FilledField]]:
    """The fields by who fills them in: filled, withheld, typed."""
    groups: dict[str, list[FilledField]] = {"filled": [], "withheld": [], "typed": []}
    for one in form.fields:
        who = "filled" if one.value is not None else "withheld" if one.withheld else "typed"
        groups[who].append(one)
    return groups


@router.get("/catalog/forms")
def forms(request: Request, account: Deciders, done: str = "") -> Response:
    """What waits for a decision, then what was decided last; how a form is handed in."""
    return _forms(request, account, done=say("forms.done", n=int(done)) if _few(done) else "")


@router.get("/catalog/forms/current.csv")
def current(request: Request, account: Deciders, item: str = "") -> Response:
    """The forms that hold now, to edit and hand in again."""
    data = portal_of(request).platform.forms.current(account, item.strip() or None)
    said = {"Content-Disposition": 'attachment; filename="forms.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=said)


def _few(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _forms(
    request: Request,
    account: Account,
    *,
    problem: str = "",
    field: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    rows = portal_of(request).platform.forms.rows(account)
    waiting = [one for one in rows if one.change.state == "proposed"]
    decided = [one for one in rows if one.change.state != "proposed"][:SHOWN]
    facts = {"problem": problem, "field": field, "done": done, "types": TYPES, "shown": SHOWN}
    return page(request, "forms.html", status, waiting=waiting, decided=decided, **facts)


@router.post("/catalog/forms")
def propose(
    request: Request,
    account: DecidersForm,
    file: Annotated[UploadFile | None, File()] = None,
    why: Text = "",
) -> Response:
    """Propose the forms of a CSV."""
    data = file.file.read() if file else b""
    if not data:
        return _forms(request, account, problem=say("forms.no_file"), field="file", status=400)
    try:
        numbers = portal_of(request).platform.forms.propose(data, account.name, why)
    except (BadInput, Conflicts) as error:
        field = "file" if why.strip() else "propose-why"
        return _forms(request, account, problem=error.message, field=field, status=400)
    return RedirectResponse(f"/catalog/forms?done={len(numbers)}", 303)


@router.post("/catalog/forms/decision")
def decide(
    request: Request,
    account: BureauForm,
    number: Annotated[list[int] | None, Form()] = None,
    state: Text = "",
    why: Text = "",
) -> Response:
    """The bureau's answer to the proposals that are ticked."""
    if not number:
        return _forms(
            request, account, problem=say("forms.none_ticked"), field="waiting", status=400
        )
    try:
        portal_of(request).platform.forms.decide(number, state, account.name, why)
    except (BadInput, Refused) as error:
        field = "waiting" if why.strip() else "why"
        return _forms(request, account, problem=error.message, field=field, status=400)
    return RedirectResponse("/catalog/forms", 303)
