"""The clerk's pages: my cases, open one, its waiver plan, fetch a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kernel.errors import SkipRow, Stop
from kernel.numbers import ORGANISATION, PERSON, normalise_holder
from portal.guards import only, only_form
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
VERDICTS = ("waived", "could_be_waived", "bring", "not_needed")


@dataclass(frozen=True)
class Draft:
    """What stands in the form for opening a case."""

    item_text: str = ""
    item_code: str = ""
    from_list: bool = False  # chosen from the list that stands below the field
    applicant_kind: str = ""
    applicant_number: str = ""
    applicant_name: str = ""


def draft_form(
    item_text: Text = "",
    item_code: Text = "",
    item_pick: Text = "",
    item_for: Text = "",
    applicant_kind: Text = "",
    applicant_number: Text = "",
    applicant_name: Text = "",
) -> Draft:
    """The draft out of a sent form. A choice (by script or from the list) counts only for the
    text it was made for: who types on afterwards has not chosen."""
    text = item_text.strip()[:200]
    code = (item_pick or item_code).strip() if item_for.strip() == text else ""
    return Draft(
        text,
        code[:64],
        bool(item_pick and code),
        applicant_kind,
        applicant_number.strip()[:40],
        applicant_name.strip()[:200],
    )


Sent = Annotated[Draft, Depends(draft_form)]


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
    kind = draft.applicant_kind or _kind_of(draft.applicant_number)
    problems = _problems(draft, code, kind, bool(found))
    if problems:
        return _cases(request, account, draft, 400, problems=problems, found=found)
    number = portal_of(request).platform.open_case(
        account, code, kind, draft.applicant_number, draft.applicant_name
    )
    return RedirectResponse(f"/clerk/cases/{number}", 303)


def _fits(kind: str, number: str) -> bool:
    try:
        normalise_holder(kind, number)
    except SkipRow:
        return False
    return True


def _kind_of(number: str) -> str:
    """The one kind of holder whose check the number passes, or nothing."""
    kinds = [kind for kind in (PERSON, ORGANISATION) if _fits(kind, number)]
    return kinds[0] if len(kinds) == 1 else ""


def _problems(draft: Draft, code: str, kind: str, found: bool) -> dict[str, str]:
    """Field → sentence, in the order of the form."""
    problems = {}
    if not code:
        which = "choose" if found else "unknown" if draft.item_text else "empty"
        problems["item_text"] = say(f"open.item.{which}")
    number = _number_problem(draft, kind)
    if number:
        problems["applicant_number"] = number
    if not draft.applicant_name:
        problems["applicant_name"] = say("open.name.empty")
    return problems


def _number_problem(draft: Draft, kind: str) -> str:
    if not draft.applicant_number:
        return say("open.number.empty")
    if kind not in (PERSON, ORGANISATION):
        return say("open.number.neither")
    if _fits(kind, draft.applicant_number):
        return ""
    other = _kind_of(draft.applicant_number)
    return say(f"open.number.is_{other}" if other else f"open.number.{kind}")


@router.get("/cases/{number}")
def plan(request: Request, account: Clerk, number: str, show: str = "") -> Response:
    """The waiver plan; `?show=` gives it large to turn to the applicant, or on half a sheet."""
    found = portal_of(request).platform.plan(account, number)
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


def _plan_page(request: Request, account: Account, found: Plan, show: str = "") -> Response:
    may_fetch = any("decide" in post.rights for post in account.posts)
    name = SHOWN.get(show, "plan.html")
    now = portal_of(request).clock()
    lines = group(found)
    about = {"may_fetch": may_fetch, "now": now, "report_fields": fields_of, "kind": show}
    about["promised"] = [line for line in found.lines if line.promised_until]
    related = {"role_names": ROLE_NAMES, "asks_relative": _asks_relative(found)}
    anyway = portal_of(request).platform.bureau.demanded(account, found.case_number)
    related |= {"demand_reasons": REASONS, "demanded": anyway}
    return page(request, name, plan=found, lines=lines, **about, **related)


def _asks_relative(plan: Plan) -> bool:
    """Whether naming a person may still prove a relation."""
    return any(line.detail in ("role_not_applicant", "relation_not_proved") for line in plan.lines)


@router.post("/cases/{number}/relatives")
def relative(
    request: Request, account: ClerkForm, number: str, role: Text = "", relative: Text = ""
) -> Response:
    """Name the applicant's guardian or legal representative."""
    portal_of(request).platform.rights.name_relative(account, number, role, relative.strip())
    return RedirectResponse(f"/clerk/cases/{number}", 303)


@router.post("/cases/{number}/materials/{material_id}/demand")
def demand(
    request: Request, account: ClerkForm, number: str, material_id: str, reason: Text = ""
) -> Response:
    """Ask for a waived paper anyway, and say why; without a reason: take that back."""
    portal_of(request).platform.bureau.demand(account, number, material_id, reason)
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
