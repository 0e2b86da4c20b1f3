"""The API of judging: questions, judgements, contradictions, wishes to the province."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from portal.api import PROBLEMS
from portal.guards import only_api
from portal.port import Account
from portal.port_judging import (
    Answer,
    Judged,
    JudgingPort,
    Question,
    Shown,
    Statement,
    Wanted,
    Whole,
    Wish,
)
from portal.render import portal_of
from portal.words import say

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter(prefix="/api/v1/catalog", responses=PROBLEMS, tags=[say("api.judging")])
Judge = Annotated[Account, Depends(only_api("judging"))]
Most = Annotated[int, Query(ge=1, le=1000)]


class Said(BaseModel):
    """`of`: a question's key, a local code or a material's name. `to`: canonical ids."""

    of: str
    relation: str
    to: list[str] = []
    why: str
    only: bool = False


class Decision(BaseModel):
    """Yes or no to another person's judgement, and why."""

    accept: bool
    why: str


class Reason(BaseModel):
    """Why."""

    why: str


class NewWish(BaseModel):
    """`kind`: rename, merge, split, add, abolish. `items`: canonical ids; `names`: new ones."""

    kind: str
    items: list[str] = []
    names: list[str] = []
    why: str


class Step(BaseModel):
    """The state to move to, why, and the number of the document that says so."""

    state: str
    why: str
    document: str | None = None


def _of(request: Request) -> JudgingPort:
    return portal_of(request).platform.judging


@router.get("/questions", summary=say("api.judging.questions"))
def questions(
    request: Request,
    account: Judge,
    subject: str = "item",
    limit: Most = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[Question]:
    """What this account is asked."""
    return _of(request).questions(account, subject, limit, offset)


@router.get("/questions/{key}", summary=say("api.judging.question"))
def question(request: Request, account: Judge, key: str) -> Whole:
    """With its rows and its history."""
    judging = _of(request)
    return judging.question(account, judging.subject_of(key), key)


@router.get("/judgements", summary=say("api.judging.waiting"))
def waiting(request: Request, account: Judge, subject: str | None = None) -> list[Statement]:
    """The oldest first; for a department's officer the own ones."""
    return _of(request).waiting(account, subject)


@router.post("/judgements", summary=say("api.judging.judge"))
def judge(request: Request, account: Judge, sent: Said) -> Judged:
    """For every row of the question, or one."""
    judging = _of(request)
    subject = judging.subject_of(sent.of)
    said = Answer(subject, sent.of, sent.relation, tuple(sent.to), sent.why, sent.only)
    return judging.judge(account, said)


@router.post("/judgements/{number}/decision", summary=say("api.judging.decide"))
def decide(request: Request, account: Judge, number: int, sent: Decision) -> Judged:
    """Never one's own."""
    return _of(request).decide(account, number, sent.accept, sent.why)


@router.post("/judgements/{number}/undo", summary=say("api.judging.undo"))
def undo(request: Request, account: Judge, number: int, sent: Reason) -> Judged:
    """It stays on record."""
    return _of(request).undo(account, number, sent.why)


@router.get("/contradictions", summary=say("api.judging.contradictions"))
def contradictions(request: Request, account: Judge, subject: str | None = None) -> list[Shown]:
    """The oldest first."""
    return _of(request).contradictions(account, subject)


@router.get("/wishes", summary=say("api.judging.wishes"))
def wishes(request: Request, account: Judge, state: str | None = None) -> list[Wish]:
    """The oldest first."""
    return _of(request).wishes(account, state)


@router.get(
    "/wishes.xlsx",
    summary=say("api.judging.book"),
    response_class=Response,
    responses={200: {"content": {EXCEL: {}}, "description": "Excel"}},
)
def book(request: Request, account: Judge, state: str | None = None) -> Response:
    """A line a wish."""
    said = {"Content-Disposition": 'attachment; filename="wishes.xlsx"'}
    return Response(_of(request).wish_book(account, state), media_type=EXCEL, headers=said)


@router.post("/wishes", summary=say("api.judging.wish"))
def wish(request: Request, account: Judge, sent: NewWish) -> Wish:
    """With the evidence of now."""
    wanted = Wanted(sent.kind, tuple(sent.items), tuple(sent.names), sent.why)
    return _of(request).wish(account, wanted)


@router.post("/wishes/{number}/state", summary=say("api.judging.move"))
def move(request: Request, account: Judge, number: int, sent: Step) -> Wish:
    """One step."""
    return _of(request).move_wish(account, number, sent.state, sent.why, sent.document)
