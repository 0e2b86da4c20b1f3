"""Pages that need no account: signing in and out, checking a copy, the API's description."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from portal import pages_factor
from portal.apidoc import describe
from portal.entering import CAME, client, way_back
from portal.guards import HOME, Visit, check_form, visitor
from portal.problems import answer
from portal.render import SESSION_COOKIE, page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
Visitor = Annotated[Visit | None, Depends(visitor)]
Text = Annotated[str, Form()]


@router.get("/")
def root(visit: Visitor) -> Response:
    """Each role's first page."""
    return RedirectResponse(HOME[visit.account.role] if visit else "/login", 303)


@router.get("/login")
def login_page(
    request: Request,
    visit: Visitor,
    next: str = "",  # noqa: A002
    changed: str = "",
    lost: str = "",
) -> Response:
    """The sign-in. `lost`: a form was sent after the session had ended."""
    if visit:
        return RedirectResponse(HOME[visit.account.role], 303)
    ended = SESSION_COOKIE in request.cookies  # it is taken away at a sign-out
    word = "changed" if changed else "lost" if lost else "ended" if ended else ""
    return sign_in_page(request, way_back(next), word=word)


def sign_in_page(
    request: Request,
    back: str,
    name: str = "",
    problem: str = "",
    status: int = 200,
    *,
    word: str = "",
) -> Response:
    """The sign-in, with what went wrong. `word`: why one has to sign in."""
    platform = portal_of(request).platform
    known = {"demo": platform.demo_accounts(), "oidc": platform.elsewhere.offered()}
    known["sandbox"] = platform.sandbox
    said = {"back": back, "name": name, "problem": problem, "word": word}
    return page(request, "login.html", status, **known, **said)


@router.post("/login")
def login(
    request: Request,
    visit: Visitor,
    name: Text = "",
    password: Text = "",
    back: Text = "",
    form_token: Text = "",
) -> Response:
    """Sign in and go on to where the caller wanted to be."""
    check_form(request, visit, form_token)
    portal = portal_of(request)
    outcome = portal.sign_in.try_(name, password, client(request))
    if outcome.wait is not None:
        return sign_in_page(request, way_back(back), name, wait_words(outcome.wait), 429)
    if outcome.account is None:
        return sign_in_page(request, way_back(back), name, say("login.wrong"), 401)
    factor = portal.platform.signing.factor(outcome.account)
    if factor != "none":
        return pages_factor.ask(request, outcome.account, factor, way_back(back))
    return pages_factor.enter(request, outcome.account, way_back(back))


def wait_words(wait: timedelta) -> str:
    """How long to wait, in words."""
    return say("login.wait", n=max(1, ceil(wait.total_seconds() / 60)))


@router.post("/logout")
def logout(request: Request, visit: Visitor, form_token: Text = "") -> Response:
    """End the session, and the identity provider's where one came from there."""
    if visit:
        check_form(request, visit, form_token)
        portal_of(request).platform.signing.end_session(visit.session.id, visit.session.expires)
    portal = portal_of(request)
    there = portal.platform.elsewhere.leave() if visit and request.cookies.get(CAME) else None
    # Not a redirect: the policy lets a form of ours lead to no other site.
    gone = page(request, "left.html", where=there) if there else RedirectResponse("/login", 303)
    gone.delete_cookie(CAME, path="/logout", httponly=True, samesite="strict")
    gone.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return gone


@router.get("/verify")
def verify_page(request: Request, _: Visitor) -> Response:
    """Where anyone can check a file."""
    return _verify_page(request)


@router.post("/verify")
def verify(
    request: Request,
    visit: Visitor,
    file: Annotated[UploadFile | None, File()] = None,
    form_token: Text = "",
) -> Response:
    """Check an uploaded file. Nothing of it is kept."""
    check_form(request, visit, form_token)
    data = file.file.read() if file else b""
    if not data:
        return _verify_page(request, problem=say("verify.empty"))
    return _verify_page(request, portal_of(request).platform.verify(data))


@router.get("/verify/{copy_id}")
def verify_copy(request: Request, copy_id: str, _: Visitor) -> Response:
    """What the copy of a QR code is."""
    if not (copy_id.isascii() and copy_id.replace("-", "").isalnum() and len(copy_id) <= 64):
        return answer(request, 404, "not_found")
    return _verify_page(request, portal_of(request).platform.verify_copy(copy_id), by_code=True)


def _verify_page(
    request: Request,
    result: Mapping[str, Any] | None = None,
    *,
    by_code: bool = False,
    problem: str = "",
) -> Response:
    known = portal_of(request).platform.issuers()
    status = 400 if problem else 200
    about = {"result": result, "by_code": by_code, "problem": problem, "issuers": known}
    return page(request, "verify.html", status, **about)


@router.get("/api")
def api_page(request: Request, _: Visitor) -> Response:
    """The API in words, made from the same description as /openapi.json."""
    return page(request, "api.html", groups=describe(request.app.openapi()))
