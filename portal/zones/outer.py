"""The outer side: public pages whose every request crosses as a message. No store, no password.

An ask is laid again under the same id until its answer comes, since the way may lose it; the inner
side does it once. Static files are its own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kernel.errors import Stop
from portal.shield import BodyBound, Headers
from portal.zones.drop import Drop, Full, TooLarge
from portal.zones.inner import AWAY, BUSY, CLOSED, LARGE, said
from portal.zones.message import ASKED, Answer, Ask, is_open, new_id, open_answer, seal_ask

STATIC = Path(__file__).resolve().parent.parent / "static"
LOOK = 0.05
log = logging.getLogger("portal.zones")


class Outer:
    """The asks that wait, and the one task that takes answers.

    `wait`: seconds that a browser waits; `again`: after which an ask is laid again.
    """

    def __init__(self, key: bytes, asks: Drop, answers: Drop, wait: float, again: float) -> None:
        self.key, self.asks, self.answers, self.wait, self.again = key, asks, answers, wait, again
        self.waiting: dict[str, asyncio.Future[Answer]] = {}

    async def serve(self, request: Request) -> Response:
        """One request of a browser."""
        if not is_open(request.method, request.url.path):
            return response(said("", 404, CLOSED))
        if len(self.waiting) >= self.asks.most:
            return response(said("", 503, BUSY))
        headers = {name: value for name, value in request.headers.items() if name in ASKED}
        ask = Ask(
            new_id(), time.time(), request.method, request.url.path, request.url.query, headers,
            await request.body(),
        )  # fmt: skip
        try:
            return response(await self.crossed(ask))
        except TooLarge:
            return response(said("", 413, LARGE))
        except Full:
            return response(said("", 503, BUSY))
        except TimeoutError:
            return response(said("", 504, AWAY))

    async def crossed(self, ask: Ask) -> Answer:
        """Its answer. Raises TimeoutError, Full, TooLarge."""
        sealed, name = seal_ask(self.key, ask), f"{ask.id}.ask"
        waiting = self.waiting[ask.id] = asyncio.get_running_loop().create_future()
        end = time.monotonic() + self.wait
        try:
            while True:
                await asyncio.to_thread(self.asks.put, name, sealed)
                left = min(self.again, end - time.monotonic())
                try:
                    return await asyncio.wait_for(asyncio.shield(waiting), max(left, 0))
                except TimeoutError:
                    if time.monotonic() >= end:
                        raise
        finally:
            del self.waiting[ask.id]
            self.asks.forget(name)

    async def listen(self) -> None:
        """Hand out answers as they come; those that nobody waits for go."""
        while True:
            for mark, sealed in await asyncio.to_thread(lambda: list(self.answers.take("answer"))):
                waiting = self.waiting.get(mark)
                if waiting is None or waiting.done():
                    continue
                try:
                    waiting.set_result(open_answer(self.key, mark, sealed))
                except Stop:
                    log.warning("answer %s does not open: changed, or under another key", mark)
            await asyncio.sleep(LOOK)


def response(answer: Answer) -> Response:
    """As the browser gets it; several cookies stay several."""
    made = Response(answer.body, answer.status)
    for name, value in answer.headers:
        made.raw_headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return made


def make_app(outer: Outer, *, secure: bool = False) -> Starlette:
    """The application of the outer zone. `secure`: served over https."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        listening = asyncio.create_task(outer.listen())
        yield
        listening.cancel()

    def health(_: Request) -> Response:
        return PlainTextResponse("ok")

    app = Starlette(
        routes=[
            Route("/health", health),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/{path:path}", outer.serve, methods=["GET", "POST"]),
        ],
        lifespan=lifespan,
    )
    app.add_middleware(BodyBound, too_large=lambda _: response(said("", 413, LARGE)))
    app.add_middleware(Headers, secure=secure)
    return app
