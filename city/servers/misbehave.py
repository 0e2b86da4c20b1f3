"""What an HTTP system does wrong when told to, so many requests long."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HOWS = ("slow", "http500", "http429", "cut", "truncate", "wrong_encoding", "bad_token")
SLOW_SECONDS = 2.0
WAIT_SECONDS = "1"


@dataclass
class Fault:
    """One misbehaviour and how many requests it still lasts."""

    how: str
    times: int


class Misbehaviour:
    """Which fault each system has next; safe to call from many threads."""

    def __init__(self) -> None:
        self._faults: dict[str, list[Fault]] = {}
        self._states: dict[str, frozenset[str]] = {}
        self._lock = threading.Lock()

    def add(self, system: str, how: str, times: int) -> None:
        """The next `times` requests to the system go wrong that way; 0 times ends them all."""
        with self._lock:
            if times == 0:
                self._faults.pop(system, None)
            else:
                self._faults.setdefault(system, []).append(Fault(how, times))

    def put(self, system: str, state: str, on: bool) -> None:
        """The system's rows go wrong that way until it is put off again."""
        with self._lock:
            held = self._states.get(system, frozenset())
            self._states[system] = held | {state} if on else held - {state}

    def states(self, system: str) -> frozenset[str]:
        """The ways in which the system's rows are wrong now."""
        with self._lock:
            return self._states.get(system, frozenset())

    def take(self, system: str) -> str | None:
        """How this request goes wrong, or None."""
        with self._lock:
            faults = self._faults.get(system)
            if not faults:
                return None
            faults[0].times -= 1
            how = faults[0].how
            if faults[0].times == 0:
                faults.pop(0)
            return how


def truncated(whole: Response) -> Response:
    """The same answer with half of its body; its length says that this is all."""
    body = bytes(whole.body)
    return Response(body[: len(body) // 2], whole.status_code, None, whole.media_type)


def wrongly_encoded(whole: Response) -> Response:
    """The same answer in GB 18030, while its head says UTF-8."""
    body = bytes(whole.body).decode("utf-8").encode("gb18030")
    return Response(body, whole.status_code, None, whole.media_type)


class Cut(Response):
    """An answer whose connection closes in the middle of its body."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = self.raw_headers
        start = {"type": "http.response.start", "status": self.status_code, "headers": headers}
        await send(start)
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
