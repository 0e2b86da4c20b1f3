"""The API's own description, made true: which answers there are, and what a problem looks like.

FastAPI describes 422 for fields that do not fit; here they are 400, and every problem has one form
(`portal.problems`).
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI

from portal.words import say

PREFIX: Final = "/api/v1/"
#: What any call may be answered with, beside what it describes itself.
STATUSES: Final = ("400", "401", "403", "404", "405", "409", "413", "429", "503")
TEXT: Final = {"type": "string"}
PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "properties": dict.fromkeys(("error", "reason", "message", "next", "detail", "request"), TEXT),
    "required": ["error", "reason", "message"],
}
SHOWN: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def describe_problems(app: FastAPI) -> None:
    """Let the description of this application name its problems. Made at first use, and kept."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _complete(document: dict[str, Any]) -> None:
    schemas: dict[str, Any] = document["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, calls in document["paths"].items():
        for call in calls.values() if path.startswith(PREFIX) else ():
            answers: dict[str, Any] = call["responses"]
            answers.pop("422", None)
            for status in STATUSES:
                about = {"description": say(f"api.status.{status}"), "content": SHOWN}
                answers[status] = answers.get(status, {}) | about
