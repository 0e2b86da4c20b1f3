"""The HTTP side of the city: `/sys/<code>`, the window, the truth, `/health`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from city.faces.pages import Faces
from city.faces.platform import Door
from city.servers import identity, lookup, push, rest, soap, window
from city.servers.auth import GATES, Gate, OAuth2
from city.servers.call import Call, Routes, answer_json
from city.servers.clock import Clock
from city.servers.credentials import Credentials
from city.servers.distort import Distorted
from city.servers.errors import Answer
from city.servers.hooks import Hooks
from city.servers.lookup import LookUp
from city.servers.misbehave import (
    SLOW_SECONDS,
    WAIT_SECONDS,
    Cut,
    Misbehaviour,
    truncated,
    wrongly_encoded,
)
from city.servers.push import Pusher
from city.servers.refresher import Refresher
from city.servers.state import State
from city.servers.truth import Truth
from city.world import CityError, World

SETTLE_SECONDS = 60.0
METHODS = ["GET", "POST"]


@dataclass
class Served:
    """Everything that requests need."""

    world: World
    state: State
    credentials: Credentials
    base: str
    mysql: str
    refresher: Refresher
    pushers: dict[str, Pusher]
    portal: str = ""
    clock: Clock = field(default_factory=Clock)
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
    lookups: dict[str, LookUp] = field(default_factory=dict)
    routes: dict[str, Routes] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    _hooks: list[Hooks] = field(default_factory=list)

    @property
    def hooks(self) -> Hooks:
        """The receiver of the platform's events."""
        if not self._hooks:
            secret = self.credentials.account("hooks", "webhook")["secret"]
            self._hooks.append(Hooks(self.world, secret, self.settle))
        return self._hooks[0]

    def settle(self) -> None:
        """Until tables and drops say what the world says. Raises Answer 503."""
        if not self.refresher.settle(SETTLE_SECONDS):
            raise Answer(503, "the change is made, but not every system serves it yet")


def fill(served: Served) -> None:
    """Routes and gates of every HTTP system."""
    for code, system in served.world.wire.items():
        if system["transport"] in ("rest", "soap", "push"):
            served.routes[code] = _routes(served, code)
    served.routes["window"] = window.routes(served.world, served.settle)
    account = served.credentials.account("window", "hmac_sha256")
    served.gates["window"] = GATES["hmac_sha256"](account)
    identity_key = served.credentials.account("identity", "p256")["key"]
    served.routes["identity"] = identity.routes(identity_key)
    served.gates["identity"] = GATES["hmac_sha256"](account)
    served.routes["hooks"] = served.hooks.routes()


def _routes(served: Served, code: str) -> Routes:
    system = served.world.wire[code]
    account = served.credentials.account(code, system["auth"])
    found: Routes = {}
    asked = None
    if "quota" in system:
        asked = LookUp(served.world, code, served.state, served.clock)
        served.lookups[code] = asked
    if system["transport"] == "soap":
        service = soap.Service(code, f"{served.base}/sys/{code}", account, system.get("attach", ""))
        service.operations = _operations(Distorted(served.world, served.misbehaviour), code, asked)
        return soap.routes(service)
    named = {"service": system["service"]} if "service" in system else {}
    served.gates[code] = gate = GATES[system["auth"]](account | named)
    if isinstance(gate, OAuth2):
        found["POST", "/oauth/token"] = gate.give
    if system["transport"] == "push":
        return push.routes(served.pushers[code])
    if asked is not None:
        return {**found, **lookup.routes(asked)}
    return {**found, **rest.routes(Distorted(served.world, served.misbehaviour), code, served.base)}


def _operations(world: Distorted, code: str, asked: LookUp | None) -> dict[str, soap.Operation]:
    if asked is not None:
        return soap.look_up_operations(asked)
    streams = world.wire[code]["streams"].items()
    return {stream["path"]: soap.query(world, code, name) for name, stream in streams}


def make_app(served: Served) -> Starlette:
    """The application."""
    truth = Truth(served)
    window_account = served.credentials.account("window", "hmac_sha256")
    identity_key = served.credentials.account("identity", "p256")["key"]
    faces = Faces(served.world, Door(served.portal, window_account, identity_key), served.settle)
    token = served.credentials.account("truth", "bearer")
    truth_gate = GATES["bearer"](token)

    def ask_truth(call: Call) -> Response:
        truth_gate(call)
        return truth.answer(call, call.request.path_params["path"])

    async def of_system(request: Request) -> Response:
        code, path = request.path_params["code"], request.path_params.get("path", "")
        return await _system(served, code, f"/{path}" if path else "", request)

    async def of_window(request: Request) -> Response:
        return await _system(served, "window", f"/{request.path_params['path']}", request)

    async def of_hooks(request: Request) -> Response:
        return await _system(served, "hooks", f"/{request.path_params['path']}", request)

    async def of_identity(request: Request) -> Response:
        return await _system(served, "identity", f"/{request.path_params['path']}", request)

    async def of_truth(request: Request) -> Response:
        return await _guarded(ask_truth, request)

    async def health(_: Request) -> Response:
        return answer_json({"ready": True, "mysql": served.mysql})

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/sys/{code}", of_system, methods=METHODS),
            Route("/sys/{code}/{path:path}", of_system, methods=METHODS),
            Route("/window/{path:path}", of_window, methods=METHODS),
            Route("/hooks/{path:path}", of_hooks, methods=METHODS),
            Route("/identity/{path:path}", of_identity, methods=METHODS),
            Route("/truth/{path:path}", of_truth, methods=METHODS),
            *faces.routes(),
        ]
    )


async def _system(served: Served, code: str, path: str, request: Request) -> Response:
    """One request to a system, with what goes wrong with it."""

    def handle(call: Call) -> Response:
        handler = served.routes.get(code, {}).get((call.method, path))
        if handler is None:
            raise Answer(404, "there is nothing at this address")
        gate = served.gates.get(code)
        if gate is not None and path != "/oauth/token":
            gate(call)
        return handler(call)

    how = served.misbehaviour.take(code)
    instead = _instead(served, code, how)
    if instead is not None:
        return instead
    if how == "slow":
        await asyncio.sleep(SLOW_SECONDS)
    return _bent(how, await _guarded(handle, request))


def _instead(served: Served, code: str, how: str | None) -> Response | None:
    """What a system answers in place of its own answer, if it does."""
    if how == "http500":
        return answer_json({"code": 500, "message": "internal error"}, 500)
    if how == "http429":
        body = {"code": 429, "message": "too many requests"}
        return answer_json(body, 429, {"Retry-After": WAIT_SECONDS})
    if how == "bad_token":
        gate = served.gates.get(code)
        if not isinstance(gate, OAuth2):
            return answer_json({"code": 401, "message": "the token has expired"}, 401)
        gate.expire()
    return None


def _bent(how: str | None, answer: Response) -> Response:
    """The answer as it leaves."""
    if how == "truncate":
        return truncated(answer)
    if how == "wrong_encoding":
        return wrongly_encoded(answer)
    if how == "cut":
        return Cut(answer.body, answer.status_code, None, answer.media_type)
    return answer


async def _guarded(handle: Callable[[Call], Response], request: Request) -> Response:
    """Handle in a thread; refusals become JSON answers."""
    call = Call(request, await request.body())
    try:
        return await run_in_threadpool(handle, call)
    except Answer as refused:
        body = {"code": refused.code, "message": refused.message}
        return answer_json(body, refused.status, refused.headers)
    except CityError as error:
        return answer_json({"code": 400, "message": str(error)}, 400)
