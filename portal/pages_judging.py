"""Pages of judging names: 同还是不同, what waits for a second person, contradictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused
from portal.beside import pairs
from portal.guards import only, only_form
from portal.port import Account
from portal.port_judging import DECIDING_DEPARTMENT, Answer, Judged, JudgingPort
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/catalog/names", include_in_schema=False)
Judge = Annotated[Account, Depends(only("judging"))]
JudgeForm = Annotated[Account, Depends(only_form("judging"))]
Text = Annotated[str, Form()]
SHOWN = 20
#: Relations by the key that chooses them, as people press them.
KEYS = {
    "item": {
        "1": "same", "2": "different", "3": "narrower", "4": "broader", "5": "unsure", "6": "none",
    },
    "material": {"1": "same", "2": "different", "5": "unsure"},
}  # fmt: skip
ALONE = ("none", "unsure")  # name no canonical one
ONE = ("same", "narrower")
DONE = ("in_force", "proposed", "pending", "rejected", "undone")


@router.get("")
def names(
    request: Request,
    account: Judge,
    subject: str = "item",
    of: str = "",
    done: str = "",
    state: str = "",
    rows: int = 0,
) -> Response:
    """The question that settles most, or the one that is named; the others beside it."""
    said = _done(done, state, rows)
    undo = int(done) if said and state in ("in_force", "proposed", "pending") else None
    return _question(request, account, subject, of, {"done": said, "undo": undo})


def _done(done: str, state: str, rows: int) -> str:
    if state not in DONE or not (done.isascii() and done.isdigit() and len(done) < 10):
        return ""
    return say(f"names.done.{state}", n=done, rows=rows)


def _question(
    request: Request,
    account: Account,
    subject: str,
    of: str,
    facts: dict[str, Any],
    status: int = 200,
) -> Response:
    if subject not in KEYS:
        raise BadInput("请选择事项名称或材料名称。")
    judging = portal_of(request).platform.judging
    queue = judging.questions(account, subject, SHOWN + 1, 0)
    key = of or (queue[0].key if queue else "")
    whole = judging.question(account, subject, key) if key else None
    asked = whole.question if whole is not None else None
    base: dict[str, Any] = {"done": "", "undo": None, "problem": "", "draft": None}
    return page(
        request,
        "names.html",
        status,
        **{**base, **facts},
        subject=subject,
        whole=whole,
        asked=asked,
        pairs=pairs(whole) if whole is not None else [],
        queue=[one for one in queue if one.key != key][:SHOWN],
        more=len(queue) > SHOWN,
        keys=KEYS[subject],
        final=_decides(account),
        **_open(judging, account),
    )


def _open(judging: JudgingPort, account: Account) -> dict[str, int]:
    """How many judgements wait, and how many contradictions stand."""
    return {
        "waits": len(judging.waiting(account)),
        "contradicted": len(judging.contradictions(account)),
    }


def _decides(account: Account) -> bool:
    return account.role == "bureau" or account.department == DECIDING_DEPARTMENT


@dataclass(frozen=True)
class Sent:
    """What was sent of a question. `to`: canonical ids; `only`: one row's code, or ''."""

    relation: str = ""
    to: tuple[str, ...] = ()
    also: str = ""
    why: str = ""
    only: str = ""


def sent_form(
    relation: Text = "",
    to: Annotated[list[str] | None, Form()] = None,
    also: Text = "",
    why: Text = "",
    only: Text = "",
) -> Sent:
    """The answer out of a form; a relation that names none names none."""
    named = [] if relation in ALONE else [*(to or []), *also.split()]
    return Sent(relation, tuple(dict.fromkeys(named)), also, why, only)


@router.post("")
def judge(
    request: Request,
    account: JudgeForm,
    sent: Annotated[Sent, Depends(sent_form)],
    of: Text = "",
    subject: Text = "item",
) -> Response:
    """Say what the question's rows are, or one of them."""
    problem, status = _problem(subject, sent), 400
    if not problem:
        about = (sent.only or of, sent.relation, sent.to, sent.why, bool(sent.only))
        try:
            judging = portal_of(request).platform.judging
            return _to(
                f"/catalog/names?subject={subject}&",
                judging.judge(account, Answer(subject, *about)),
            )
        except BadInput as error:
            problem = error.message
        except Refused as error:
            problem, status = error.message, 403
    return _question(request, account, subject, of, {"problem": problem, "draft": sent}, status)


def _to(path: str, made: Judged) -> Response:
    said = f"done={made.number}&state={made.state}&rows={made.rows}"
    return RedirectResponse(path + said, 303)


def _problem(subject: str, sent: Sent) -> str:
    """What is missing, before anything is sent on."""
    if sent.relation not in KEYS.get(subject, {}).values():
        return say("names.problem.relation")
    if sent.relation not in ALONE and not sent.to:
        return say("names.problem.to")
    if subject == "item" and sent.relation in ONE and len(sent.to) > 1:
        return say("names.problem.one")
    return "" if sent.why.strip() else say("names.problem.why")


@router.post("/{number}/undo")
def undo(
    request: Request, account: JudgeForm, number: int, subject: Text = "item", why: Text = ""
) -> Response:
    """Take a judgement back; what was before it holds again."""
    made = portal_of(request).platform.judging.undo(account, number, why)
    kind = "material" if subject == "material" else "item"
    return _to(f"/catalog/names?subject={kind}&", made)


@router.get("/waiting")
def waiting(
    request: Request, account: Judge, done: str = "", state: str = "", rows: int = 0
) -> Response:
    """Proposals, and merges that wait for a second person."""
    return _waiting(request, account, done=_done(done, state, rows))


def _waiting(
    request: Request,
    account: Account,
    *,
    done: str = "",
    problem: str = "",
    number: int = 0,
    status: int = 200,
) -> Response:
    judging = portal_of(request).platform.judging
    found = judging.waiting(account)
    field = f"w-{number}" if any(one.id == number for one in found) else ""
    facts = {
        "done": done,
        "problem": problem,
        "field": field,
        "final": _decides(account),
        "subject": "item",
    }
    return page(request, "waiting.html", status, rows=found, **facts, **_open(judging, account))


@router.post("/{number}/decision")
def decide(
    request: Request, account: JudgeForm, number: int, accept: Text = "", why: Text = ""
) -> Response:
    """The second pair of eyes."""
    if accept not in ("yes", "no"):
        raise BadInput("请选择同意或退回。")
    judging = portal_of(request).platform.judging
    try:
        made = judging.decide(account, number, accept == "yes", why)
    except BadInput as error:
        return _waiting(request, account, problem=error.message, number=number, status=400)
    except Refused as error:
        return _waiting(request, account, problem=error.message, number=number, status=403)
    return _to("/catalog/names/waiting?", made)


@router.get("/contradictions")
def contradictions(request: Request, account: Judge) -> Response:
    """Judgements, rules and codes that do not agree, each with the way from one to the other."""
    judging = portal_of(request).platform.judging
    found = judging.contradictions(account)
    facts = {"subject": "item", "final": _decides(account)}
    return page(request, "contradictions.html", rows=found, **facts, **_open(judging, account))
