"""One HTTP request as the systems see it, and the answers that they give."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from city.servers.errors import Answer


class Call:
    """A request with its body read."""

    def __init__(self, request: Request, body: bytes) -> None:
        self.request, self.body = request, body
        self.method = request.method
        self.query = request.query_params
        self.headers = request.headers

    @property
    def host(self) -> str:
        """The caller's address."""
        return self.request.client.host if self.request.client else ""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Answer 400."""
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Answer(400, "the body is not JSON") from None
        if not isinstance(value, dict):
            raise Answer(400, "the body is not a JSON object")
        return value

    def texts(self, *names: str) -> dict[str, str]:
        """These members of the JSON body, each a text that is not empty. Raises Answer 400."""
        body = self.json()
        missing = [name for name in names if not isinstance(body.get(name), str) or not body[name]]
        if missing:
            raise Answer(400, f"the body needs {', '.join(missing)} as text")
        return {name: body[name] for name in names}

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query. Raises Answer 400."""
        text = self.query.get(name, str(default))
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise Answer(400, f"{name} must be a whole number from {least} to {most}")
        return int(text)


Handler = Callable[[Call], Response]
Routes = dict[tuple[str, str], Handler]


def answer_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, "application/json")


def answer_xml(text: str, status: int = 200) -> Response:
    """An XML answer in UTF-8."""
    return Response(text, status, None, "text/xml; charset=utf-8")
