"""What stands before every route: a bound on the body, and the security headers.

Both are plain ASGI, so that they hold for errors and static files too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
ROUND = 16 * KILOBYTE  # what a form has around its file
#: Where files are handed in; the first that fits the path's begin counts. `*`: one part. Bytes.
FILES = (
    ("/api/v1/ingest/", 16 * MEGABYTE),
    ("/api/v1/catalog/", 16 * MEGABYTE),
    ("/api/v1/verify", 10 * MEGABYTE),
    ("/api/v1/calls/", 8 * MEGABYTE),
    ("/api/v1/gbt36906/", 8 * MEGABYTE),
    ("/verify", 10 * MEGABYTE),
    ("/bureau/complaints", 8 * MEGABYTE),
    ("/api/v1/complaints", 8 * MEGABYTE),
    ("/dept/register", MEGABYTE + ROUND),
    ("/api/v1/forms", MEGABYTE + ROUND),
    ("/catalog/forms", 16 * MEGABYTE),
    ("/catalog/faults", 16 * MEGABYTE),
    ("/api/v1/cases/*/scans", 20 * MEGABYTE + ROUND),
    ("/clerk/cases/*/materials/*/scan", 20 * MEGABYTE + ROUND),
    ("/clerk/cases/*/outside", 20 * MEGABYTE + ROUND),
    ("/api/v1/cases/*/outside", 20 * MEGABYTE + ROUND),
    ("/api/v1/licences/*/file", 20 * MEGABYTE + ROUND),
    ("/api/v1/issuer-lists", 16 * MEGABYTE),
)
OTHERS = 64 * KILOBYTE
LIMITS = tuple(
    (re.compile(re.escape(path).replace(r"\*", "[^/]+")), limit) for path, limit in FILES
)


def policy(also: str = "") -> str:
    """The content security policy; `also`: one more origin that the page's script may ask."""
    asked = f"'self' {also}" if also else "'self'"
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src {asked}; "
        "frame-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


CSP = policy()
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
#: Where people come by https: browsers come no other way for a year.
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
_DIGITS = re.compile(r"\d{1,12}")


def body_limit(path: str) -> int:
    """How many bytes a request to that path may carry."""
    return next((limit for begin, limit in LIMITS if begin.match(path)), OTHERS)


class Headers:
    """Adds the security headers to every answer; an answer's own value wins.

    `secure`: people reach it over https.
    """

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self._app, self._added = app, HEADERS | (ONLY_HTTPS if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if _kept_for_long(scope):
                    headers["Cache-Control"] = "public, max-age=31536000, immutable"
                for name, value in self._added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def _kept_for_long(scope: Scope) -> bool:
    """A static file asked for by its content's digest."""
    return bool(scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v="))


class BodyBound:
    """Reads the whole body up to the path's limit, then hands it on; above it answers 413."""

    def __init__(self, app: ASGIApp, too_large: Callable[[Request], Response]) -> None:
        self._app = app
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = body_limit(scope["path"])
        said = dict(scope["headers"]).get(b"content-length", b"0").decode("latin-1")
        body = None
        if _DIGITS.fullmatch(said) and int(said) <= limit:
            body = await _read(receive, limit)
        if body is None:
            await self._too_large(Request(scope))(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The body, or None when it is larger than the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the read body once, then what comes after it."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
