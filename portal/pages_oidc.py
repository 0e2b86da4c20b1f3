"""Signing in at the city's identity provider, there and back."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kernel.errors import BadInput, NotAuthorised, Refused
from portal.entering import CAME, set_session, way_back
from portal.guards import HOME
from portal.pages_public import sign_in_page
from portal.render import page, portal_of
from portal.words import say

router = APIRouter(include_in_schema=False)
COOKIE: Final = "zhongtai_oidc"
#: Time for the way there and back.
LASTS: Final = timedelta(minutes=10)


@router.get("/login/oidc")
def there(request: Request, next: str = "") -> Response:  # noqa: A002
    """To the provider. What must come back with the browser goes into a cookie of this path."""
    portal = portal_of(request)
    begun = portal.platform.elsewhere.begin()
    said = {"state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier, "back": next}
    gone = RedirectResponse(begun.address, 303)
    gone.set_cookie(
        COOKIE, _packed(said), max_age=int(LASTS.total_seconds()), path="/login/oidc",
        httponly=True, samesite="lax", secure=portal.secure,  # strict ones do not come back
    )  # fmt: skip
    return gone


@router.get("/login/oidc/back")
def back(request: Request, code: str = "", state: str = "") -> Response:
    """Back from the provider, with a code or without."""
    said = _unpacked(request.cookies.get(COOKIE, ""))
    mine = bool(said) and hmac.compare_digest(said.get("state", "").encode(), state.encode())
    if not mine or not code or len(code) > 4096:
        return _failed(request, say("login.oidc.again"))
    portal = portal_of(request)
    try:
        account = portal.platform.elsewhere.finish(code, said["nonce"], said["verifier"])
    except (NotAuthorised, Refused, BadInput) as error:
        return _failed(request, error.message)
    # A strict cookie does not go along a chain that another site began: a page of ours goes on.
    where = way_back(said.get("back", "")) or HOME[account.role]
    answer = page(request, "entered.html", where=where)
    _, text = portal.sessions.begin(account.name, idles=True)
    set_session(request, answer, text)
    answer.delete_cookie(COOKIE, path="/login/oidc", httponly=True, samesite="lax")
    answer.set_cookie(  # the way out leads by the provider
        CAME, "1", path="/logout", httponly=True, samesite="strict", secure=portal.secure
    )
    return answer


def _failed(request: Request, problem: str) -> Response:
    return sign_in_page(request, "", problem=problem, status=401)


def _packed(said: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _unpacked(text: str) -> dict[str, str]:
    try:
        said = json.loads(base64.urlsafe_b64decode(text[:4096] + "=" * (-len(text[:4096]) % 4)))
    except ValueError:
        return {}
    whole = isinstance(said, dict) and set(said) == {"state", "nonce", "verifier", "back"}
    return said if whole and all(isinstance(one, str) for one in said.values()) else {}
