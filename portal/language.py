"""The language of the pages: Chinese, or English by a switch that the browser keeps."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.entering import way_back
from portal.render import portal_of
from portal.words import Language as Tongue
from portal.words import speaking

router = APIRouter(include_in_schema=False)
COOKIE: Final = "zhongtai_language"
YEAR: Final = 365 * 24 * 3600


class Language:
    """Texts of a request in the language that its cookie says; programs are told in Chinese."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        with speaking(_asked(scope)):
            await self._app(scope, receive, send)


def _asked(scope: Scope) -> Tongue:
    if scope["type"] != "http" or scope["path"].startswith("/api/"):
        return "zh"
    try:
        said = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(COOKIE)
    except CookieError:
        return "zh"
    return "en" if said is not None and said.value == "en" else "zh"


@router.get("/language/{to}")
def switch(request: Request, to: Tongue, back: str = "") -> Response:
    """Keep the choice for a year, and go back to the page."""
    gone = RedirectResponse(way_back(back) or "/", 303)
    gone.set_cookie(
        COOKIE, to, max_age=YEAR, httponly=True, samesite="lax", secure=portal_of(request).secure
    )
    return gone
