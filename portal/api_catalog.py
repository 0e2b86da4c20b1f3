"""The API of the catalogue: versions, flow, who decides, exports and faults."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from pydantic import BaseModel
from starlette.responses import Response

from portal.api import PROBLEMS, Numbers, Systems
from portal.guards import only_api
from portal.port import Account
from portal.port_catalog import (
    CataloguingPort,
    ExchangingPort,
    Sent,
    Taken,
    VersionRow,
    day_of,
    decisions_of,
    proposals_of,
    wanted_of,
)
from portal.render import portal_of
from portal.words import say

router = APIRouter(prefix="/api/v1/catalog", responses=PROBLEMS, tags=[say("api.catalog")])
Bureau = Annotated[Account, Depends(only_api("bureau"))]
Text = dict[str, str]
TYPES = {
    "json": "application/json",
    "gb39554": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Reason(BaseModel):
    """Why."""

    why: str


class Decided(BaseModel):
    """`accepted`, `refused` or `withdrawn`; an accepted one needs a document number."""

    state: str
    why: str
    document: str | None = None


class Rows(BaseModel):
    """Rows as the command line's table has them, by column; all or none are taken."""

    rows: list[Text]
    why: str


class Target(BaseModel):
    """The secret with the exchange database's address, and the version; else the newest."""

    secret: str
    version: int | None = None


class Settled(BaseModel):
    """Send the row again as it is, or close the fault."""

    why: str
    resend: bool = False


@dataclass(frozen=True)
class Made:
    """The numbers that were given; empty where none was."""

    numbers: list[int]


def _room(request: Request) -> CataloguingPort:
    return portal_of(request).platform.cataloguing


def _exchange(request: Request) -> ExchangingPort:
    return portal_of(request).platform.exchanging


@router.get("/versions", summary=say("api.catalog.versions"))
def versions(request: Request, _: Systems) -> list[VersionRow]:
    """The newest first."""
    return _room(request).versions()


@router.get("/diff", summary=say("api.catalog.diff"))
def diff(
    request: Request,
    _: Systems,
    old: int | None = None,
    new: int | None = None,
    item: str | None = None,
    department: str | None = None,
    division: str | None = None,
) -> list[dict[str, Any]]:
    """The newest with the one before it unless named."""
    wanted = wanted_of(item, department, division)
    return [one.as_json() for one in _room(request).diff(old, new, wanted)]


@router.post("/versions/{number}/rollback", summary=say("api.catalog.rollback"))
def rollback(request: Request, account: Bureau, number: int, sent: Reason) -> Made:
    """A new version equal to that one; publishing is held."""
    return Made([_room(request).rollback(number, account.name, sent.why)])


@router.post("/release", summary=say("api.catalog.release"))
def release(request: Request, account: Bureau, sent: Reason) -> Made:
    """Let publishing go on."""
    _room(request).release(account.name, sent.why)
    return Made([])


@router.post("/publish", summary=say("api.catalog.publish"))
def publish(request: Request, account: Bureau) -> Made:
    """A new version when the content changed; the number in force."""
    return Made([_room(request).publish(account.name)])


@router.get(
    "/versions/{number}/export",
    summary=say("api.catalog.export"),
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in TYPES.values()}, "description": "file"}},
)
def export(
    request: Request, _: Systems, number: int, form: Annotated[str, Query(alias="as")] = "json"
) -> Response:
    """A version as json, xlsx or gb39554."""
    return exported(_exchange(request), number, form)


def exported(exchanging: ExchangingPort, number: int, form: str) -> Response:
    """A version as a file to keep. Raises BadInput on another form."""
    data = exchanging.export(form, number)
    ending = "csv" if form == "gb39554" else form
    name = f'attachment; filename="catalogue-{number}.{ending}"'
    return Response(data, media_type=TYPES[form], headers={"Content-Disposition": name})


@router.get("/items/{item}/flow", summary=say("api.catalog.flow"))
def flow(
    request: Request,
    _: Systems,
    item: str,
    division: str | None = None,
    day: str | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """Each value says where it comes from."""
    return _room(request).flow(item, division, day_of(day), version)


@router.get("/items/{item}/compare", summary=say("api.catalog.compare"))
def compare(
    request: Request,
    _: Systems,
    item: str,
    division: Annotated[list[str] | None, Query()] = None,
    day: str | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """All counties, or those named."""
    return _room(request).compare(item, division or [], day_of(day), version).as_json()


@router.get("/items/{item}/deciding", summary=say("api.catalog.deciding"))
def deciding(request: Request, _: Systems, item: str) -> list[dict[str, Any]]:
    """Every period."""
    return [one.as_json() for one in _room(request).bodies(item)]


@router.post("/deciding", summary=say("api.catalog.assign"))
def assign(request: Request, account: Bureau, sent: Rows) -> Made:
    """Who decides from a day on: item_id, manner, department, division, begins, document, …"""
    return Made(_room(request).assign(decisions_of(sent.rows), account.name, sent.why))


@router.post("/deciding/{number}/withdraw", summary=say("api.catalog.unassign"))
def unassign(request: Request, account: Bureau, number: int, sent: Reason) -> Made:
    """Take such a decision back."""
    _room(request).unassign(number, account.name, sent.why)
    return Made([])


@router.get("/deviations", summary=say("api.catalog.deviations"))
def deviations(
    request: Request, _: Systems, item: str | None = None, state: str | None = None
) -> list[dict[str, Any]]:
    """By number."""
    return [one.as_json() for one in _room(request).deviations(item, state)]


@router.post("/deviations", summary=say("api.catalog.propose"))
def propose(request: Request, account: Systems, sent: Rows) -> Made:
    """What counties do otherwise: item_id, field, value, division, begins, basis, …"""
    return Made(_room(request).propose(proposals_of(sent.rows), account.name, sent.why))


@router.post("/deviations/{number}/decision", summary=say("api.catalog.decide"))
def decide(request: Request, account: Bureau, number: int, sent: Decided) -> Made:
    """Another person's deviation."""
    _room(request).decide(number, sent.state, account.name, sent.why, sent.document)
    return Made([number])


@router.post("/exchange", summary=say("api.catalog.exchange"))
def exchange(request: Request, account: Numbers, sent: Target) -> dict[str, Any]:
    """What the national tables were not told yet. An address itself is not taken."""
    made: Sent = _exchange(request).send(sent.version, account.name, None, sent.secret)
    return asdict(made)


@router.get("/faults", summary=say("api.catalog.faults"))
def faults(request: Request, _: Systems, closed: bool = False) -> list[dict[str, Any]]:
    """Rows that came back."""
    return [one.as_json() for one in _exchange(request).faults(closed=closed)]


@router.post("/faults", summary=say("api.catalog.take"))
def take(
    request: Request,
    account: Numbers,
    file: Annotated[UploadFile, File()],
    table: Annotated[str, Form()] = "dn_audit_abnormal",
) -> Taken:
    """A table of fault rows, CSV or Excel."""
    return _exchange(request).take_faults(file.file.read(), table, account.name)


@router.post("/faults/{number}/settle", summary=say("api.catalog.settle"))
def settle(request: Request, account: Numbers, number: int, sent: Settled) -> Made:
    """What becomes of a fault that no change of the row will mend."""
    _exchange(request).settle(number, account.name, sent.why, resend=sent.resend)
    return Made([number])
