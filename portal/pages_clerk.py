"""The clerk's pages: my cases, open one, its waiver plan, fetch a copy."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kernel.errors import BadInput, Refused, Stop
from kernel.numbers import PERSON
from portal.guards import only, only_form
from portal.opening import Draft, Sent, fits, kind_of, problems_of
from portal.port import Account, AnnotatedCopy, ItemRow, Plan, PlanLine
from portal.port_asking import answers_of
from portal.port_bureau import REASONS
from portal.port_papers import fields_of
from portal.port_rights import ROLE_NAMES, Narrow
from portal.render import page, portal_of
from portal.shield import policy
from portal.words import say

router = APIRouter(prefix="/clerk", include_in_schema=False)
Clerk = Annotated[Account, Depends(only("clerk"))]
ClerkForm = Annotated[Account, Depends(only_form("clerk"))]
Text = Annotated[str, Form()]
SUGGESTIONS = 12
#: `?show=`: the same plan turned to the applicant; a receipt; what is to follow (容缺).
SHOWN = {"applicant": "applicant.html", "receipt": "slip.html", "later": "slip.html"}
#: Refusals that a clerk mends by recording who came, and by which mandate.
AGENTS = frozenset({"mandate_missing", "mandate_over"})
VERDICTS = ("waived", "could_be_waived", "bring", "not_needed")


@router.get("")
def cases(request: Request, account: Clerk) -> Response:
    """My cases, and the form to open one."""
    return _cases(request, account, Draft())


def _cases(
    request: Request, account: Account, draft: Draft, status: int = 200, **more: Any
) -> Response:
    rows = portal_of(request).platform.my_cases(account)
    told = portal_of(request).platform.papers.messages(account)
    reader = portal_of(request).platform.card_reader()
    values: dict[str, Any] = {"problems": {}, "found": [], "messages": told, "reader": reader}
    made = page(request, "clerk.html", status, cases=rows, draft=draft, **{**values, **more})
    if reader:
        made.headers["Content-Security-Policy"] = policy(reader.address)
    return made


@router.post("/items")
def items(request: Request, account: ClerkForm, item_text: Text = "") -> Response:
    """Suggestions for what was typed. By POST: a number typed by mistake stays out of URLs."""
    rows = _search(request, account, item_text.strip()[:200])
    return JSONResponse(
        [
            {"code": r.item_code, "name": r.name, "department": r.department, "place": r.division}
            for r in rows
        ]
    )


def _search(request: Request, account: Account, text: str) -> list[ItemRow]:
    if not text:
        return []
    return portal_of(request).platform.search_items(account, text)[:SUGGESTIONS]


@router.post("/cases")
def open_case(request: Request, account: ClerkForm, draft: Sent) -> Response:
    """Open a case and go to its plan, or say which field needs another look."""
    listed = draft.from_list or not draft.item_code
    found = _search(request, account, draft.item_text) if listed else []
    code = draft.item_code or (found[0].item_code if len(found) == 1 else "")
    kind = draft.applicant_kind or kind_of(draft.applicant_number)
    problems = problems_of(draft, code, kind, bool(found))
    if problems:
        return _cases(request, account, draft, 400, problems=problems, found=found)
    number = portal_of(request).platform.open_case(
        account, code, kind, draft.applicant_number, draft.applicant_name
    )
    return RedirectResponse(f"/clerk/cases/{number}", 303)


@router.get("/cases/{number}")
def plan(request: Request, account: Clerk, number: str, show: str = "") -> Response:
    """The waiver plan; `?show=` gives it large to turn to the applicant, or on half a sheet."""
    try:
        found = portal_of(request).platform.plan(account, number)
    except Refused as refused:
        if refused.facts.get("reason") not in AGENTS:
            raise
        return RedirectResponse(f"/clerk/cases/{quote(number, safe='')}/people", 303)
    return _plan_page(request, account, found, show)


@router.post("/cases/{number}")
def answered(
    request: Request,
    account: ClerkForm,
    number: str,
    answer: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """The plan after the applicant's answers, which stand in no address and are not kept."""
    said = answers_of(answer or [])
    return _plan_page(request, account, portal_of(request).platform.plan(account, number, said))


def wrong(request: Request, account: Account, number: str, problem: str, field: str) -> Response:
    """The plan with what is wrong with a form on it, leading to the field."""
    found = portal_of(request).platform.plan(account, number)
    return _plan_page(request, account, found, problem=problem, field=field)


def _plan_page(
    request: Request,
    account: Account,
    found: Plan,
    show: str = "",
    *,
    problem: str = "",
    field: str = "",
) -> Response:
    may_fetch = any("decide" in post.rights for post in account.posts)
    name = SHOWN.get(show, "plan.html")
    now = portal_of(request).clock()
    lines = group(found)
    about = {"may_fetch": may_fetch, "now": now, "report_fields": fields_of, "kind": show}
    about["promised"] = [line for line in found.lines if line.promised_until]
    related = {"role_names": ROLE_NAMES, "asks_relative": _asks_relative(found)}
    anyway = portal_of(request).platform.bureau.demanded(account, found.case_number)
    related |= {"demand_reasons": REASONS, "demanded": anyway}
    said = {"problem": problem, "field": field}
    status = 400 if problem else 200
    return page(request, name, status, plan=found, lines=lines, **about, **related, **said)


def _asks_relative(plan: Plan) -> bool:
    """Whether naming a person may still prove a relation."""
    return any(line.detail in ("role_not_applicant", "relation_not_proved") for line in plan.lines)


@router.post("/cases/{number}/relatives")
def relative(
    request: Request, account: ClerkForm, number: str, role: Text = "", relative: Text = ""
) -> Response:
    """Name the applicant's guardian or legal representative."""
    named = relative.strip()
    if not fits(PERSON, named):  # it is a person's number, and not shown again
        return wrong(request, account, number, say("open.number.person"), "relative")
    try:
        portal_of(request).platform.rights.name_relative(account, number, role, named)
    except BadInput as error:
        return wrong(request, account, number, error.message, "relative")
    return RedirectResponse(f"/clerk/cases/{number}", 303)


@router.post("/cases/{number}/materials/{material_id}/demand")
def demand(
    request: Request, account: ClerkForm, number: str, material_id: str, reason: Text = ""
) -> Response:
    """Ask for a waived paper anyway, and say why; without a reason: take that back."""
    try:
        portal_of(request).platform.bureau.demand(account, number, material_id, reason)
    except BadInput as error:
        return wrong(request, account, number, error.message, f"d-{material_id}")
    return RedirectResponse(f"/clerk/cases/{number}#g-demand", 303)


def group(plan: Plan) -> dict[str, list[PlanLine]]:
    """The lines by verdict. Raises Stop on a verdict that is none of the four."""
    groups: dict[str, list[PlanLine]] = {verdict: [] for verdict in VERDICTS}
    for line in plan.lines:
        if line.verdict not in groups:
            raise Stop("a plan holds a verdict that the pages do not know", verdict=line.verdict)
        groups[line.verdict].append(line)
    return groups


@router.post("/cases/{number}/materials/{material_id}/fetch")
def fetch(
    request: Request,
    account: ClerkForm,
    number: str,
    material_id: str,
    purpose: Text = "",
    whose: str | None = None,
) -> Response:
    """The annotated copy as a PDF, shown in the page or in a new tab."""
    purpose = purpose.strip()[:200]
    platform = portal_of(request).platform
    narrow = Narrow(whose=whose) if whose else None
    return pdf(platform.fetch(account, number, material_id, purpose, narrow))


def pdf(copy: AnnotatedCopy) -> Response:
    """A copy as an answer; its file name holds its id only."""
    name = "".join(c for c in copy.id if c.isascii() and (c.isalnum() or c in "-_"))[:64]
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(copy.pdf, media_type="application/pdf", headers=headers)
