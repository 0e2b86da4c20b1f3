"""The API of the bureau's sums and complaints, and of papers demanded anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from portal.api import CASES, PROBLEMS, Clerk
from portal.figures import LONGEST, narrowed
from portal.guards import only_api
from portal.port import Account
from portal.port_bureau import (
    BY,
    PAGE,
    BureauPort,
    Complaint,
    Imported,
    Lacking,
    Period,
    TallyRow,
    after_of,
    period,
)
from portal.render import portal_of
from portal.words import say

TAG = say("api.bureau")
router = APIRouter(prefix="/api/v1", responses=PROBLEMS)
Bureau = Annotated[Account, Depends(only_api("bureau"))]
#: A text in the address, as the API's description says it.
TEXT: dict[str, Any] = {
    "in": "query",
    "required": False,
    "schema": {"type": "string", "maxLength": LONGEST},
}
Narrowed = Annotated[dict[str, str], Depends(narrowed)]


class Demand(BaseModel):
    """Why a waived paper is asked for anyway (a code of the list); '' takes it back."""

    reason: str


class Answer(BaseModel):
    """What became of a complaint: a code of the list, and how; no one's name or number."""

    outcome: str
    why: str


@dataclass(frozen=True)
class SumsAnswer:
    """A period in materials. `by`: column -> value -> outcome -> how many."""

    begin: date
    end: date
    counted: str | None
    stale: bool
    outcomes: Mapping[str, int]
    demanded: Mapping[str, int]
    by: Mapping[str, Mapping[str, Mapping[str, int]]]
    lacking: Sequence[Lacking]


@dataclass(frozen=True)
class RowsPage:
    """Rows behind a figure; `next`: where the next page begins, None at the end."""

    rows: Sequence[TallyRow]
    next: str | None


@dataclass(frozen=True)
class ComplaintsPage:
    """The work list: `open` and `answered` count all; `rows` are one page."""

    open: int
    answered: int
    rows: Sequence[Complaint]


def _bureau(request: Request) -> BureauPort:
    return portal_of(request).platform.bureau


def days(request: Request, begin: str = "", end: str = "") -> Period:
    """The days asked for; left out: the last thirty. Raises BadInput."""
    return period(begin, end, portal_of(request).clock().astimezone(CITY_TIME).date())


Days = Annotated[Period, Depends(days)]


@router.post(
    "/cases/{number}/materials/{material_id}/demand",
    tags=[CASES],
    summary=say("api.demand.post"),
)
def demand(
    request: Request, account: Clerk, number: str, material_id: str, sent: Demand
) -> Response:
    """In the ledger before it returns."""
    _bureau(request).demand(account, number, material_id, sent.reason)
    return JSONResponse({"demanded": bool(sent.reason)})


@router.get("/sums", tags=[TAG], summary=say("api.sums.get"))
def sums(request: Request, _: Bureau, of: Days) -> SumsAnswer:
    """What the pages show, in one answer."""
    found = _bureau(request).overview(of)
    by: dict[str, dict[str, Mapping[str, int]]] = {
        name: {str(value): counts for value, counts in values.items()}
        for name, values in found.sums.by.items()
    }
    counted = found.counted.isoformat() if found.counted else None
    lacking = _bureau(request).lacking(of, found.sums)
    return SumsAnswer(
        of.begin, of.end, counted, found.stale, found.sums.outcomes, found.sums.demanded, by,
        lacking,
    )  # fmt: skip


@router.get(
    "/tally",
    tags=[TAG],
    summary=say("api.tally.get"),
    openapi_extra={"parameters": [{"name": name, **TEXT} for name in BY]},
)
def tally(request: Request, _: Bureau, of: Days, narrow: Narrowed, after: str = "") -> RowsPage:
    """A row is one material of one case: no person, no number of one."""
    found, _names = _bureau(request).rows(of, narrow, after_of(after))
    last = found[PAGE - 1] if len(found) > PAGE else None
    place = f"{last.day}~{last.case_number}~{last.material_id}" if last else None
    return RowsPage(found[:PAGE], place)


@router.get("/complaints", tags=[TAG], summary=say("api.complaints.get"))
def complaints(
    request: Request, _: Bureau, state: Literal["open", "answered"] = "open"
) -> ComplaintsPage:
    """The first page of the work list."""
    found, _names = _bureau(request).complaints(is_open=state == "open")
    many, done = _bureau(request).complaint_numbers()
    return ComplaintsPage(many, done, found[:PAGE])


@router.post("/complaints", tags=[TAG], summary=say("api.complaints.post"))
def take_in(
    request: Request,
    account: Bureau,
    source: Annotated[str, Query(max_length=20)] = "hotline",
    file: Annotated[UploadFile | None, File()] = None,
) -> Imported:
    """A table of complaints; rows that cannot be used are named, the others taken."""
    data = file.file.read() if file is not None else b""
    if not data:
        raise BadInput(say("complaints.nofile"))
    return _bureau(request).import_complaints(account, source, data)


@router.post("/complaints/{number}/answer", tags=[TAG], summary=say("api.complaint.answer"))
def answer(request: Request, account: Bureau, number: int, sent: Answer) -> dict[str, Any]:
    """What became of a complaint, once."""
    _bureau(request).answer_complaint(account, number, sent.outcome, sent.why)
    return {"answered": number}
