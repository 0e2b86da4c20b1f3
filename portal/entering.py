"""What every way of signing in needs: from where one comes, where to, and the session's cookie."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response
from starlette.routing import Match

from portal.render import SESSION_COOKIE, portal_of

#: Characters of an address to come back to: that of several ticked cases is the longest.
LONGEST = 1000
#: Says at the sign-out that this browser came from the city's identity provider.
CAME = "zhongtai_came"


def way_back(path: str) -> str:
    """A path of ours to return to after the sign-in, or nothing."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\", "/login", "/logout"))
    return path if ours and path.isprintable() and len(path) <= LONGEST else ""


def came_from(request: Request) -> str:
    """The page of ours whose form was sent, to fill it in anew: by what the browser says, else by
    the form's address. One that cannot be asked for leads to the next above it; nothing: none."""
    sent = urlsplit(request.headers.get("referer", ""))
    ours = sent.netloc == request.headers.get("host", "") and way_back(sent.path)
    path, query = (sent.path, sent.query) if ours else (request.url.path, "")
    if _can_be_asked_for(request, path):
        return way_back(f"{path}?{query}" if query else path)
    while path.count("/") > 1:
        path = path.rpartition("/")[0]
        if _can_be_asked_for(request, path):
            return way_back(path)
    return ""


def _can_be_asked_for(request: Request, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def client(request: Request) -> str:
    """The address that the request came from, for counting only."""
    return request.client.host if request.client else "unknown"


def set_session(request: Request, response: Response, text: str) -> None:
    """Put the session into its cookie."""
    portal = portal_of(request)
    response.set_cookie(
        SESSION_COOKIE, text, max_age=int(portal.sessions.life.total_seconds()), httponly=True,
        samesite="strict", secure=portal.secure,
    )  # fmt: skip
