"""What every way of signing in needs: from where one comes, where to, and the session's cookie."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from portal.render import SESSION_COOKIE, portal_of

#: Says at the sign-out that this browser came from the city's identity provider.
CAME = "zhongtai_came"


def way_back(path: str) -> str:
    """A path of ours to return to after the sign-in, or nothing."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\", "/login", "/logout"))
    return path if ours and path.isprintable() and len(path) <= 200 else ""


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
