"""Live pages: what runs now, as server-sent events, while somebody looks.

Few listeners at a time, each for some minutes only: a browser comes again by itself. A listener
that leaves, signs out or is disabled is let go.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from kernel.errors import ZhongtaiError
from portal.guards import only, visitor
from portal.port import Account
from portal.port_ops import Progress
from portal.problems import answer
from portal.render import portal_of

router = APIRouter(prefix="/ops", include_in_schema=False)
Ops = Annotated[Account, Depends(only("ops"))]
Code = Annotated[str | None, Query(pattern="^[a-z][a-z0-9_]{1,39}$")]


@dataclass(frozen=True)
class Bounds:
    """`most` listeners at a time; each looks every `step` seconds, for `whole` seconds."""

    most: int = 20
    step: float = 1.0
    whole: float = 240.0
    again: int = 15  # steps after which it is asked whether the account may still look


class Listeners:
    """Counts who listens. Safe among threads."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.now = 0
        self._lock = threading.Lock()

    def come(self) -> bool:
        """One more, if there is room."""
        with self._lock:
            room = self.now < self.bounds.most
            self.now += room
            return room

    def leave(self) -> None:
        """One less."""
        with self._lock:
            self.now -= 1


@router.get("/live")
async def live(request: Request, account: Ops, system: Code = None) -> Response:
    """What runs now, an event a change. 503 when too many listen: the page then asks by itself."""
    listeners: Listeners = request.app.state.listeners
    if not listeners.come():
        return await run_in_threadpool(answer, request, 503, "retry_later", "listeners")
    return Held(_events(request, account.name, system, listeners.bounds), listeners)


class Held(StreamingResponse):
    """A listener's answer; however it ends, its place is free again."""

    def __init__(self, events: AsyncIterator[str], listeners: Listeners) -> None:
        head = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=head)
        self._listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it until it ends or the reader leaves."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._listeners.leave()


async def _events(
    request: Request, name: str, system: str | None, bounds: Bounds
) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    said: object = ()
    end, step = time.monotonic() + bounds.whole, 0
    while time.monotonic() < end:
        if step % bounds.again == 0 and not await run_in_threadpool(_may, request, name):
            yield event("gone", {})
            return
        now = await run_in_threadpool(_now, request, system)
        if now != said:
            said = now
            yield event("runs", now) if now is not None else event("away", {})
        elif step % bounds.again == 0:
            yield ": still here\n\n"
        step += 1
        await asyncio.sleep(bounds.step)


def event(kind: str, data: Any) -> str:
    """One event in the form of the specification."""
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _may(request: Request, name: str) -> bool:
    """Whether the listener is still signed in, as operations."""
    visit = visitor(request)
    return visit is not None and visit.account.name == name and visit.account.role == "ops"


def _now(request: Request, system: str | None) -> list[dict[str, Any]] | None:
    """The runs as they are told; None while the platform does not answer."""
    try:
        return shown(portal_of(request).platform.ops.progress(system))
    except (ZhongtaiError, SQLAlchemyError):
        return None


def shown(runs: Sequence[Progress]) -> list[dict[str, Any]]:
    """What the page's script writes down."""
    return [
        {
            "system": one.system,
            "name": one.name,
            "run": one.run,
            "stream": one.stream or "",
            "rows": one.rows,
            "stored": one.stored,
            "refused": one.quarantined,
        }
        for one in runs
    ]
