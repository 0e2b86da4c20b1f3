"""What a system answers when it does not do what was asked."""

from __future__ import annotations


class ServeError(Exception):
    """The city cannot be served; one sentence says what to do."""


class Answer(Exception):
    """Ends a request with this status and message. `code` is the body's own code."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.code = status if code is None else code
        self.headers = headers or {}
