"""The web application: pages and API over one platform."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from kernel.clock import Clock, system_clock
from portal import api, live, pages_my
from portal.described import describe_problems
from portal.entering import set_session
from portal.language import Language
from portal.metrics import Measure, Metrics
from portal.numbered import Numbered
from portal.port import PlatformPort
from portal.prefixes import Prefixed
from portal.problems import add_handlers, answer
from portal.promises import Promises
from portal.render import STATIC, Portal, make_templates
from portal.renewing import Renewing
from portal.routes import routes
from portal.sessions import Sessions
from portal.shield import BodyBound, Headers
from portal.signin import SignIn
from portal.words import say


def create_app(
    platform: PlatformPort,
    key: bytes,
    *,
    clock: Clock = system_clock,
    secure: bool = False,
    metrics_token: str = "",
) -> FastAPI:
    """The portal over a platform.

    `key`: 32 bytes derived for the portal's sessions. `secure`: people reach it over https: cookies
    are named and marked so. `metrics_token`: what reads `/metrics`; without one it is for this
    machine alone. Importing and creating connect to nothing.
    """
    app = FastAPI(
        title=say("api.title"),
        version="1",
        description=say("api.about"),
        docs_url=None,
        redoc_url=None,
    )
    sign_in = SignIn(platform)
    sessions = Sessions(key, clock)
    app.state.portal = Portal(platform, sessions, sign_in, clock, secure, make_templates(clock))
    app.state.metrics = Metrics()
    app.state.metrics_token = metrics_token
    app.state.metrics.registry.register(Promises(platform.ops.measured))
    app.state.listeners = live.Listeners(live.Bounds())
    app.router.routes.extend(routes())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_handlers(app)
    app.add_exception_handler(pages_my.HolderNeeded, pages_my.of_holder)
    app.add_exception_handler(api.SignInFailed, api.of_sign_in)
    describe_problems(app)
    app.add_middleware(Renewing, set_session=set_session)
    app.add_middleware(BodyBound, too_large=lambda request: answer(request, 413, "too_large"))
    app.add_middleware(Headers, secure=secure)
    app.add_middleware(Language)
    if secure:
        app.add_middleware(Prefixed)
    app.add_middleware(Measure, metrics=app.state.metrics)
    app.add_middleware(Numbered)
    return app
