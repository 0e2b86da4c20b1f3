"""Errors as answers: a page that says what happened and what to do, or JSON for the API.

Nothing that a caller sent is repeated, so that no personal number comes back by an error.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from psycopg.errors import DiskFull
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kernel import logs
from kernel.errors import (
    BadContract,
    BadInput,
    Conflicts,
    NotAuthorised,
    PersonMustAct,
    Refused,
    RetryLater,
    SkipRow,
    Stop,
    ZhongtaiError,
)
from portal.entering import came_from, way_back
from portal.guards import HOME, PasswordNeeded, SignInNeeded, StaleForm
from portal.numbered import HEADER, number_of
from portal.render import page
from portal.sentences import is_known, told
from portal.shield import HEADERS
from portal.words import known, say

KINDS: dict[type[ZhongtaiError], tuple[int, str]] = {
    Refused: (403, "refused"),
    NotAuthorised: (401, "not_authorised"),
    BadContract: (400, "bad_input"),
    Conflicts: (409, "bad_input"),
    BadInput: (400, "bad_input"),
    SkipRow: (400, "bad_input"),
    PersonMustAct: (503, "person_must_act"),
    RetryLater: (503, "retry_later"),
    Stop: (500, "stop"),
    ZhongtaiError: (500, "stop"),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
STATUSES = {404: "not_found", 405: "not_found", 413: "too_large"}


def wants_json(request: Request) -> bool:
    """Whether the caller is a program: the API, or our own script asking for JSON."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/v1/") or (
        "application/json" in accept and "text/html" not in accept
    )


def sentences(kind: str, reason: str, message: str) -> dict[str, str]:
    """Title, what happened, what to do next, and the system's own words when we have no better."""
    exact = f"problem.{kind}.{reason}"
    own = told(message).text if CHINESE.search(message) or is_known(message) else ""
    what = say(f"{exact}.what") if known(f"{exact}.what") else own
    return {
        "title": say(f"problem.{kind}.title"),
        "what": what or say(f"problem.{kind}.what"),
        "next": say(f"{exact}.next" if known(f"{exact}.next") else f"problem.{kind}.next"),
        "detail": told(message).original if what == own else "" if what else message,
    }


def answer(
    request: Request,
    status: int,
    kind: str,
    reason: str = "",
    message: str = "",
    *,
    again: str = "",
) -> Response:
    """The answer of one problem, as a page or as JSON. `again`: the page to start anew from."""
    said = sentences(kind, reason, message)
    headers = {"Retry-After": "5"} if status == 503 else {}
    number = number_of(request) if status >= 500 else ""
    if number:
        headers[HEADER] = number  # a bug's answer is made outside what numbers the others
        logs.warning(f"request {number}: {status} {kind} {reason}".strip(), request=number)
    if wants_json(request):
        body = {"error": kind, "reason": reason, "message": said["what"], "next": said["next"]}
        body |= {"detail": said["detail"]} | ({"request": number} if number else {})
        return JSONResponse(body, status, headers)
    visit = getattr(request.state, "visit", None)
    home = HOME[visit.account.role] if visit else "/login"
    made = page(
        request, "problem.html", status, problem=said, home=home, number=number, again=again
    )
    made.headers.update(headers)
    return made


def of_ours(request: Request, error: Exception) -> Response:
    """An error of `kernel.errors`."""
    if not isinstance(error, ZhongtaiError):
        raise error
    status, kind = next(KINDS[c] for c in type(error).__mro__ if c in KINDS)
    reason = str(error.facts.get("reason", ""))
    if isinstance(error, Refused):
        request.app.state.metrics.refused(reason)
    return answer(request, status, kind, reason, error.message)


def of_http(request: Request, error: Exception) -> Response:
    """An error of the web layer: no such page, wrong method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer(request, status, STATUSES.get(status, "bad_input" if status < 500 else "stop"))


def of_fields(request: Request, error: Exception) -> Response:
    """A request whose fields do not fit: which ones, never what they held."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    names = sorted({str(one["loc"][-1])[:40] for one in found if one["type"] != "json_invalid"})
    return answer(request, 400, "bad_input", "", say("problem.fields", names=", ".join(names)))


def of_data(request: Request, _: Exception) -> Response:
    """A value that the database has no place for: a zero character, a number too large."""
    return answer(request, 400, "bad_input")


def of_database(request: Request, error: Exception) -> Response:
    """The database is away, has no room or no connection left: nothing was done, and it may be
    asked again. What it says is not repeated."""
    full = isinstance(getattr(error, "orig", None), DiskFull)
    return answer(request, 503, "retry_later", "no_room" if full else "database")


def of_nobody(request: Request, _: Exception) -> Response:
    """Nobody is signed in: to the sign-in and back, or 401."""
    if wants_json(request):
        return answer(request, 401, "sign_in")
    if request.method != "GET":  # what was sent is lost: its page says so, and is come back to
        return RedirectResponse(f"/login?lost=1&next={quote(came_from(request))}", 303)
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return RedirectResponse(f"/login?next={quote(way_back(here))}", 303)


def of_password(request: Request, _: Exception) -> Response:
    """A first password: change it before anything else."""
    if wants_json(request):
        return answer(request, 403, "refused", "password")
    return RedirectResponse("/account/password", 303)


def of_form(request: Request, _: Exception) -> Response:
    """A form without its token: to its page, which has a new one."""
    return answer(request, 403, "stale_form", again=came_from(request))


def of_bug(request: Request, _: Exception) -> Response:
    """What nobody foresaw: a calm page, no detail."""
    made = answer(request, 500, "stop")
    made.headers.update(HEADERS)  # this answer is made outside the shield
    return made


def add_handlers(app: FastAPI) -> None:
    """Let the application answer its errors this way."""
    app.add_exception_handler(ZhongtaiError, of_ours)
    app.add_exception_handler(DataError, of_data)
    for gone in (OperationalError, InterfaceError, NoConnection):
        app.add_exception_handler(gone, of_database)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_fields)
    app.add_exception_handler(SignInNeeded, of_nobody)
    app.add_exception_handler(StaleForm, of_form)
    app.add_exception_handler(PasswordNeeded, of_password)
    app.add_exception_handler(Exception, of_bug)
