"""A page's session that was used is written anew, so that only an idle one runs out."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.render import SESSION_COOKIE

#: Writes a session text into an answer's cookie.
SetSession = Callable[[Request, Response, str], None]


class Renewing:
    """Adds the cookie, unless the answer sets or ends the session itself."""

    def __init__(self, app: ASGIApp, set_session: SetSession) -> None:
        self._app = app
        self._set_session = set_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_session(message: Message) -> None:
            text = scope.get("state", {}).get("renewed")
            if message["type"] == "http.response.start" and text and not _sets(message):
                carrier = Response()
                self._set_session(Request(scope), carrier, text)
                cookies = [pair for pair in carrier.raw_headers if pair[0] == b"set-cookie"]
                message["headers"] = [*message["headers"], *cookies]
            await send(message)

        await self._app(scope, receive, with_session)


def _sets(message: Message) -> bool:
    name = f"{SESSION_COOKIE}=".encode()
    return any(key == b"set-cookie" and value.startswith(name) for key, value in message["headers"])
