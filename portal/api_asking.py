"""The API of the catalogue: what to bring, the bureau's questions, waivers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from kernel.errors import BadInput
from portal.api import CASES, PROBLEMS, Clerk, Numbers, Systems
from portal.guards import only_api
from portal.port import Account, Plan
from portal.port_asking import (
    About,
    AskingPort,
    Waiver,
    WaiverList,
    WaiverRow,
    WaivingPort,
    Whole,
    answers_of,
)
from portal.render import portal_of
from portal.words import say

CATALOGUE = say("api.catalogue")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
router = APIRouter(prefix="/api/v1", responses=PROBLEMS, tags=[CATALOGUE])
Waivers = Annotated[Account, Depends(only_api("waivers"))]
Bureau = Annotated[Account, Depends(only_api("bureau"))]
Texts = Annotated[list[str] | None, Query()]


class Situation(BaseModel):
    """What the applicant answered: question -> answer."""

    answers: dict[str, str] = {}


class Moved(BaseModel):
    """What is said of licence types. To confirm: `document`, `dated`; else `why`."""

    step: Literal["propose", "confirm", "withdraw"]
    types: list[str]
    why: str = ""
    document: str = ""
    dated: date | None = None


class Published(BaseModel):
    """A list's document, its day, and its licence types; none: all that are confirmed."""

    document: str
    dated: date
    types: list[str] = []


@dataclass(frozen=True)
class Taken:
    """The number of the list."""

    number: int


def _asking(request: Request) -> AskingPort:
    return portal_of(request).platform.asking


def _waiving(request: Request) -> WaivingPort:
    return portal_of(request).platform.waiving


@router.post("/cases/{number}/plan", tags=[CASES], summary=say("api.plan.post"))
def plan(request: Request, account: Clerk, number: str, sent: Situation) -> Plan:
    """The plan after the applicant's answers; they stand in no address and are not kept."""
    return portal_of(request).platform.plan(account, number, sent.answers)


@router.get("/catalog/needs", summary=say("api.needs.get"))
def needs(request: Request, item: Texts = None, answer: Texts = None) -> Whole:
    """Open to anyone: the published catalogue is public, and no applicant is named."""
    return _asking(request).whole(item or [], answers_of(answer or []))


def asked_with(
    years: int = 3,
    code: str | None = None,
    from_nothing: bool = False,
    item: Texts = None,
    answer: Texts = None,
) -> About:
    """What the question is about, out of the address."""
    return About(years, code, from_nothing, item or [], answers_of(answer or []))


@router.get(
    "/catalog/ask/{question}",
    summary=say("api.questions.get"),
    response_class=JSONResponse,
    responses={200: {"content": {CSV: {}, EXCEL: {}}}},
)
def ask(
    request: Request,
    _: Numbers,
    question: str,
    about: Annotated[About, Depends(asked_with)],
    form: Literal["json", "csv", "xlsx"] = "json",
) -> Response:
    """A table as JSON, CSV or Excel; each row names what it was made of."""
    table = _asking(request).table(question, about)
    made: dict[str, Callable[[], Response]] = {
        "json": lambda: JSONResponse(table.as_json()),
        "csv": lambda: _file(table.as_csv(), CSV, f"{question}.csv"),
        "xlsx": lambda: _file(table.as_excel(), EXCEL, f"{question}.xlsx"),
    }
    return made[form]()


@router.get("/waivers", summary=say("api.waivers.get"))
def waivers(request: Request, _: Systems, state: str | None = None) -> list[WaiverRow]:
    """Every licence type."""
    return _waiving(request).rows(state)


@router.post("/waivers", summary=say("api.waivers.post"))
def move(request: Request, account: Waivers, sent: Moved) -> list[WaiverRow]:
    """Propose, confirm or withdraw; the rows of what was moved."""
    waiving = _waiving(request)
    if sent.step == "confirm":
        if sent.dated is None:
            raise BadInput("to confirm, `dated` is the day of the document")
        done = waiving.confirm(account, sent.types, sent.document, sent.dated)
    elif sent.step == "propose":
        done = waiving.propose(account, sent.types, sent.why)
    else:
        done = waiving.withdraw(account, sent.types, sent.why)
    return [row for row in waiving.rows() if row.licence_type in done]


@router.get("/waivers/{licence_type}", summary=say("api.waiver.get"))
def history(request: Request, _: Systems, licence_type: str) -> list[Waiver]:
    """What was said of a type, the newest first."""
    return _waiving(request).history(licence_type)


@router.get("/waiver-lists", summary=say("api.lists.get"))
def lists(request: Request, _: Systems) -> list[WaiverList]:
    """The newest first."""
    return _waiving(request).lists()


@router.post("/waiver-lists", summary=say("api.lists.post"))
def publish(request: Request, account: Bureau, sent: Published) -> Taken:
    """Publish a list; it waives from its day on."""
    return Taken(_waiving(request).publish(account, sent.types, sent.document, sent.dated))


def _file(data: bytes, kind: str, name: str) -> Response:
    said = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=said)
