"""Pages of the catalogue's versions: listed, told apart, published, rolled back, downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput
from portal.api_catalog import exported
from portal.guards import only, only_form
from portal.port import Account
from portal.port_catalog import CataloguingPort, Change, Wanted, is_wanted, wanted_of
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(prefix="/catalog", include_in_schema=False)
Anyone = Annotated[Account, Depends(only("systems"))]
Bureau = Annotated[Account, Depends(only_form("bureau"))]
Text = Annotated[str, Form()]
FIRST = {"ops": "/catalog/versions"}
SHOWN = 300
#: What a deed says when it is done, by the word in the address that it leads to.
DONE = frozenset({"published", "same", "released", "rolled"})


@router.get("")
def catalogue(_: Request, account: Anyone) -> Response:
    """To the first of the catalogue's pages that the account may see."""
    return RedirectResponse(FIRST.get(account.role, "/catalog/names"), 303)


def _room(request: Request) -> CataloguingPort:
    return portal_of(request).platform.cataloguing


@router.get("/versions")
def versions(request: Request, _: Anyone, done: str = "", n: int = 0) -> Response:
    """Every version, the newest first."""
    said = say(f"versions.{done}", n=n) if done in DONE else ""
    return _versions(request, done=said)


def _versions(
    request: Request, *, done: str = "", problem: str = "", field: str = "", status: int = 200
) -> Response:
    room = _room(request)
    facts = {"done": done, "problem": problem, "field": field, "held": room.held()}
    return page(request, "versions.html", status, rows=room.versions(), **facts)


@router.get("/versions/{number}")
def difference(
    request: Request,
    _: Anyone,
    number: int,
    old: str = "",
    department: str = "",
    division: str = "",
    item: str = "",
) -> Response:
    """What changed for whom, up to this version."""
    room = _room(request)
    rows = room.versions()
    row = next((one for one in rows if one.number == number), None)
    if row is None:
        raise BadInput(f"没有第 {number} 版目录；已发布 {len(rows)} 版。")
    before = int(old) if old.isascii() and old.isdigit() and len(old) < 9 else number - 1
    every = room.diff(before, number, Wanted())
    wanted = wanted_of(item.strip() or None, department or None, division or None)
    found = [one for one in every if is_wanted(one, wanted)]
    said = {"old": before, "department": department, "division": division, "item": item}
    return page(
        request,
        "version.html",
        row=row,
        olds=[one.number for one in rows if one.number < number] or [0],
        said=said,
        changes=found[:SHOWN],
        many=len(found),
        departments=_named(one.department for one in every),
        divisions=_named(one.division for one in every),
        kinds=_counts(found),
    )


def _named(names: Iterable[str | None]) -> list[str]:
    return sorted({one for one in names if one})


def _counts(changes: Iterable[Change]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in changes:
        found[one.about] = found.get(one.about, 0) + 1
    return found


@router.get("/versions/{number}/export")
def export(request: Request, _: Anyone, number: int, form: str = "xlsx") -> Response:
    """A version as a file."""
    return exported(portal_of(request).platform.exchanging, number, form)


@router.post("/publish")
def publish(request: Request, account: Bureau) -> Response:
    """A new version when the content changed."""
    room = _room(request)
    rows = room.versions()
    number = room.publish(account.name)
    same = bool(rows) and rows[0].number == number
    return RedirectResponse(
        f"/catalog/versions?done={'same' if same else 'published'}&n={number}", 303
    )


@router.post("/versions/{number}/rollback")
def rollback(request: Request, account: Bureau, number: int, why: Text = "") -> Response:
    """Back to an old version, as a new one."""
    try:
        made = _room(request).rollback(number, account.name, why)
    except BadInput as error:
        return _versions(request, problem=error.message, field=f"r-{number}", status=400)
    return RedirectResponse(f"/catalog/versions?done=rolled&n={made}", 303)


@router.post("/release")
def release(request: Request, account: Bureau, why: Text = "") -> Response:
    """Let publishing go on after a roll-back."""
    try:
        _room(request).release(account.name, why)
    except BadInput as error:
        return _versions(request, problem=error.message, field="release", status=400)
    return RedirectResponse("/catalog/versions?done=released", 303)
