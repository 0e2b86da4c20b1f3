"""The API of forms: proposed and decided, and filled in for a case or a one-thing package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from pydantic import BaseModel

from portal.api import CASES, PROBLEMS, Clerk
from portal.api_asking import CATALOGUE, Bureau, Waivers
from portal.port_forms import CaseForm, FormChange, FormRow, FormsPort, JoinedForm
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


class Decided(BaseModel):
    """`accepted`, `refused` or `withdrawn`, and why."""

    numbers: list[int]
    state: str
    why: str


@dataclass(frozen=True)
class Proposed:
    """The numbers of the proposals, one an item."""

    numbers: list[int]


def _forms(request: Request) -> FormsPort:
    return portal_of(request).platform.forms


@router.get("/cases/{number}/form", tags=[CASES], summary=say("api.form.of_case"))
def form(request: Request, account: Clerk, number: str) -> CaseForm:
    """Each field once, filled in where shared data answers it; on record before it is given."""
    return _forms(request).of_case(account, number)


@router.get("/one-form", tags=[CASES], summary=say("api.form.together"))
def one_form(
    request: Request, account: Clerk, case: Annotated[list[str] | None, Query()] = None
) -> JoinedForm:
    """The forms of several cases of one applicant as one; each by its own right."""
    return _forms(request).together(account, case or [])


@router.post("/catalog/fields", tags=[CATALOGUE], summary=say("api.fields.post"))
def propose(
    request: Request,
    account: Waivers,
    file: Annotated[UploadFile, File()],
    why: Annotated[str, Form(max_length=500)] = "",
) -> Proposed:
    """Propose the forms of the items that the file names, whole for each."""
    return Proposed(_forms(request).propose(file.file.read(), account.name, why))


@router.get("/catalog/forms", tags=[CATALOGUE], summary=say("api.forms.get"))
def rows(request: Request, account: Waivers, state: str | None = None) -> list[FormRow]:
    """The newest first, with what each changes."""
    return _forms(request).rows(account, state)


@router.post("/catalog/forms/decision", tags=[CATALOGUE], summary=say("api.forms.decide"))
def decide(request: Request, account: Bureau, sent: Decided) -> list[FormChange]:
    """Another person's proposals, all or none."""
    return _forms(request).decide(sent.numbers, sent.state, account.name, sent.why)
