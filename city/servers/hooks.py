"""A receiver of the platform's events, as the one-thing office of the city runs it.

It proves the signature (Standard Webhooks), drops what it has, and lets one department's result
open the next one's step: a step waits for a case, and opens at the one-window when that is granted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from city.servers.call import Call, Routes, answer_json
from city.servers.errors import Answer
from city.world import World

SKEW_SECONDS = 300
NEEDED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Hooks:
    """What came, and the steps that wait. Nothing of it is kept over a restart."""

    def __init__(self, world: World, secret: str, settle: Callable[[], None]) -> None:
        self._world, self._settle = world, settle
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self._lock = threading.Lock()
        self._taken: dict[str, dict[str, Any]] = {}
        self._doubles = 0
        self._steps: list[dict[str, Any]] = []
        self._failing: list[int] = []

    def routes(self) -> Routes:
        """`POST /one-thing`."""
        return {("POST", "/one-thing"): self.take}

    def take(self, call: Call) -> Response:
        """One event."""
        self._prove(call)
        with self._lock:
            if self._failing:
                raise Answer(self._failing.pop(0), "the receiver was told to fail")
            event = call.json()
            number = call.headers["webhook-id"]
            if number in self._taken:
                self._doubles += 1
                return answer_json({"code": 200, "message": "known"})
            self._taken[number] = event
            opened = self._opened(event)
        if opened:
            self._settle()
        return answer_json({"code": 200, "message": ""})

    def _prove(self, call: Call) -> None:
        missing = [name for name in NEEDED if name not in call.headers]
        if missing:
            raise Answer(400, f"the header {missing[0]} is missing")
        number, at, said = (call.headers[name] for name in NEEDED)
        if not at.isdigit() or abs(time.time() - int(at)) > SKEW_SECONDS:
            raise Answer(401, "the timestamp is too far from now")
        signed = hmac.digest(self._key, f"{number}.{at}.".encode() + call.body, hashlib.sha256)
        wanted = f"v1,{base64.b64encode(signed).decode()}"
        if not any(hmac.compare_digest(wanted, one) for one in said.split(" ")):
            raise Answer(401, "the signature is not the platform's")

    def _opened(self, event: dict[str, Any]) -> bool:
        """Open the steps that waited for this case."""
        data = event.get("data", {})
        done = event.get("type") == "approval.finished" and data.get("outcome") == "granted"
        waiting = [
            one for one in self._steps if one["opened"] is None and one["after"] == data.get("case")
        ]
        if not done or not waiting:
            return False
        for one in waiting:
            number, _ = self._world.accept_case(*one["accept"])
            one["opened"] = number
        return True

    def told(self) -> dict[str, Any]:
        """For the truth: what came, in order, and how much of it twice."""
        with self._lock:
            return {"events": list(self._taken.values()), "doubles": self._doubles}

    def fail(self, statuses: list[int]) -> None:
        """Answer the next events with these statuses."""
        with self._lock:
            self._failing += statuses

    def wait_for(self, after: str, accept: tuple[str, str, str, str, str]) -> None:
        """A step of a one-thing package: accept this application once that case is granted.

        `accept`: item code, the applicant's kind, number and name, post.
        """
        with self._lock:
            self._steps.append({"after": after, "accept": accept, "opened": None})

    def steps(self) -> list[dict[str, Any]]:
        """For the truth: `after`, the case it waits for; `opened`, the new case or null."""
        with self._lock:
            return [{"after": one["after"], "opened": one["opened"]} for one in self._steps]
