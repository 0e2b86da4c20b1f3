"""A number for each request: on its answer, on the page of a fault, and in the log's line of it.

Whoever reports a fault reads it to operations, who find the line. A caller's own number is not
taken over: it could be a person's.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel import logs

HEADER = "X-Request-Id"


class Numbered:
    """Numbers every request. Plain ASGI, so that it holds for errors and static files too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(8)
        scope.setdefault("state", {})["number"] = number
        logs.bind(request=number)  # a request is a task of its own: nothing needs to undo it

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        await self._app(scope, receive, numbered)


def number_of(request: Request) -> str:
    """The request's number."""
    return str(getattr(request.state, "number", ""))
