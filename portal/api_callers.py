"""The API for calling systems: their grants, and their signed calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel
from starlette.responses import Response

from portal.api import PROBLEMS, Numbers, Systems, raw_body
from portal.api_rights import Numbered, Reason
from portal.entering import client
from portal.guards import only_api
from portal.port import Account
from portal.port_callers import Call, CallersPort, Grant, NewGrant
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)
GRANTS, CALLS = say("api.callers"), say("api.calls")
Judge = Annotated[Account, Depends(only_api("judging"))]
Bureau = Annotated[Account, Depends(only_api("bureau"))]
Body = Annotated[bytes, Depends(raw_body)]
Asked = Literal["types", "plan", "answer", "data", "copy", "verify"]


class Application(BaseModel):
    """What is asked for. `secret`: the name of the secret with the key. `items`, `types`: or *."""

    code: str
    name: str
    department: str
    secret: str
    operations: list[Asked]
    items: list[str]
    types: list[str]
    networks: list[str]
    per_minute: int
    per_day: int
    begins: AwareDatetime
    ends: AwareDatetime
    document: str


@dataclass(frozen=True)
class CallerNamed:
    """The caller's code."""

    code: str


def _of(request: Request) -> CallersPort:
    return portal_of(request).platform.callers


def _call(request: Request, body: bytes) -> Call:
    return Call(request.headers, client(request), request.url.path, body)


@router.get("/callers", tags=[GRANTS], summary=say("api.callers.get"))
def callers(request: Request, account: Systems) -> list[Grant]:
    """Every grant and application; for an officer, those of the department."""
    own = account.department if account.role == "officer" else None
    return [one for one in _of(request).listed() if own in (None, one.department)]


@router.post("/callers", tags=[GRANTS], summary=say("api.callers.post"))
def apply(request: Request, account: Judge, sent: Application) -> Numbered:
    """Ask for a grant."""
    lists = {
        name: tuple(getattr(sent, name)) for name in ("operations", "items", "types", "networks")
    }
    return Numbered(_of(request).apply(account, NewGrant(**{**sent.model_dump(), **lists})))


@router.post("/callers/{number}/approve", tags=[GRANTS], summary=say("api.callers.approve"))
def approve(request: Request, account: Bureau, number: int) -> CallerNamed:
    """Another person's yes."""
    return CallerNamed(_of(request).approve(account, number))


@router.post("/callers/{code}/pause", tags=[GRANTS], summary=say("api.callers.pause"))
def pause(request: Request, account: Numbers, code: str, sent: Reason) -> CallerNamed:
    """Take no more calls of it."""
    _of(request).pause(account, code, sent.why)
    return CallerNamed(code)


@router.post("/callers/{code}/resume", tags=[GRANTS], summary=say("api.callers.resume"))
def resume(request: Request, account: Numbers, code: str) -> CallerNamed:
    """Take its calls again."""
    _of(request).resume(account, code)
    return CallerNamed(code)


@router.post(
    "/calls/copy",
    tags=[CALLS],
    summary=say("api.calls.copy"),
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "PDF"}},
)
def copy(request: Request, body: Body) -> Response:
    """Signed by the calling system: an annotated copy for a case."""
    data, _ = _of(request).copy(_call(request, body))
    return Response(data, media_type="application/pdf")


@router.post("/calls/{operation}", tags=[CALLS], summary=say("api.calls.post"))
def operate(request: Request, operation: str, body: Body) -> dict[str, Any]:
    """Signed by the calling system: types, plan, answer, data or verify."""
    return _of(request).operate(operation, _call(request, body))


@router.post("/gbt36906/{operation}", tags=[CALLS], summary=say("api.gbt36906.post"))
def standard(request: Request, operation: str, body: Body) -> Mapping[str, Any]:
    """Signed by the calling system, in the standard's shape; a refusal is an answer too."""
    return _of(request).standard(operation, _call(request, body))
