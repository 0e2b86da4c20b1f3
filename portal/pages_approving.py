"""Pages of a contract's approval and of its versions: decide, compare, go back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, Refused, ZhongtaiError
from portal.guards import only, only_form
from portal.port import Account
from portal.render import page, portal_of

router = APIRouter(prefix="/connect", include_in_schema=False)
Engineer = Annotated[Account, Depends(only("numbers"))]
EngineerForm = Annotated[Account, Depends(only_form("numbers"))]
Text = Annotated[str, Form(max_length=200)]


@router.get("/{code}/drafts/{version}")
def draft(request: Request, account: Engineer, code: str, version: int) -> Response:
    """What was handed on: what it changes, its text, its dry run."""
    return _draft(request, account, code, version)


def _draft(
    request: Request,
    account: Account,
    code: str,
    version: int,
    status: int = 200,
    *,
    problem: str = "",
) -> Response:
    found = portal_of(request).platform.connecting.draft(code, version)
    own = found.row.by == account.name
    return page(request, "connect_draft.html", status, draft=found, own=own, problem=problem)


@router.post("/{code}/drafts/{version}")
def decide(
    request: Request,
    account: EngineerForm,
    code: str,
    version: int,
    answer: Text = "",
    why: Text = "",
) -> Response:
    """Approve another person's draft, or send it back with the reason."""
    platform = portal_of(request).platform
    try:
        if answer == "approve":
            platform.registering.approve(code, version, account.name)
            return RedirectResponse(f"/connect/{code}?done=approved", 303)
        platform.connecting.send_back(code, version, account.name, why)
    except Refused as error:
        return _draft(request, account, code, version, 403, problem=error.message)
    except ZhongtaiError as error:
        return _draft(request, account, code, version, 400, problem=error.message)
    return RedirectResponse(f"/connect/{code}?done=sent_back", 303)


@router.get("/{code}/versions")
def versions(
    request: Request, _: Engineer, code: str, old: int | None = None, new: int | None = None
) -> Response:
    """Every version that was in force, and what two of them differ in."""
    return _versions(request, code, old, new)


def _versions(
    request: Request,
    code: str,
    old: int | None = None,
    new: int | None = None,
    status: int = 200,
    *,
    problem: str = "",
) -> Response:
    registering = portal_of(request).platform.registering
    found = registering.versions(code)
    later = found[0].number if new is None else new
    earlier = max(later - 1, 0) if old is None else old
    changes = registering.diff(code, earlier, later)
    shown = {"versions": found, "changes": changes, "old": earlier, "new": later, "code": code}
    return page(request, "connect_versions.html", status, problem=problem, **shown)


@router.post("/{code}/rollback")
def rollback(
    request: Request, account: EngineerForm, code: str, version: Annotated[int, Form()] = 0
) -> Response:
    """An old version in force again, as a new one."""
    try:
        portal_of(request).platform.registering.rollback(code, version, account.name)
    except BadInput as error:
        return _versions(request, code, status=400, problem=error.message)
    return RedirectResponse(f"/connect/{code}?done=rolled_back", 303)
