"""The web application: pages and API over one platform."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import FileResponse, JSONResponse, Response

from kernel.clock import Clock, system_clock
from kernel.errors import ZhongtaiError
from portal import (
    api,
    api_asking,
    api_bureau,
    api_callers,
    api_catalog,
    api_events,
    api_forms,
    api_holder,
    api_judging,
    api_outside,
    api_papers,
    api_registering,
    api_rights,
    api_uses,
    api_wallets,
    language,
    live,
    pages_admin,
    pages_approving,
    pages_ask,
    pages_bureau,
    pages_callers,
    pages_catalog,
    pages_clerk,
    pages_complaints,
    pages_connecting,
    pages_factor,
    pages_forms,
    pages_in,
    pages_judging,
    pages_mapping,
    pages_my,
    pages_needs,
    pages_oidc,
    pages_ops,
    pages_ops_papers,
    pages_papers,
    pages_public,
    pages_registering,
    pages_rights,
    pages_staff,
    pages_together,
    pages_trust,
    pages_waivers,
    pages_wallet,
)
from portal.described import describe_problems
from portal.entering import set_session
from portal.language import Language
from portal.metrics import Measure, Metrics
from portal.numbered import Numbered
from portal.port import PlatformPort
from portal.problems import add_handlers, answer
from portal.promises import Promises
from portal.render import STATIC, Portal, make_templates, portal_of
from portal.renewing import Renewing
from portal.sessions import Sessions
from portal.shield import BodyBound, Headers
from portal.signin import SignIn
from portal.words import say

machines = APIRouter(include_in_schema=False)


@machines.get("/health")
def health(request: Request) -> Response:
    """Ready when the platform answers; 503 while it does not."""
    try:
        portal_of(request).platform.ledger_status()
    except (ZhongtaiError, SQLAlchemyError):
        return JSONResponse({"ready": False}, 503, {"Retry-After": "2"})
    return JSONResponse({"ready": True})


@machines.get("/favicon.ico")
def icon() -> Response:
    """What a browser asks for beside a PDF."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@machines.get("/metrics")
def metrics(request: Request) -> Response:
    """The portal's numbers for Prometheus."""
    registry = request.app.state.metrics.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def create_app(
    platform: PlatformPort, key: bytes, *, clock: Clock = system_clock, secure: bool = False
) -> FastAPI:
    """The portal over a platform.

    `key`: 32 bytes derived for the portal's sessions. `secure`: served over https, cookies are
    marked so. Importing and creating connect to nothing.
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
    app.state.metrics.registry.register(Promises(platform.ops.measured))
    app.state.listeners = live.Listeners(live.Bounds())
    rooms = (
        api,
        api_asking,
        api_forms,
        api_holder,
        api_registering,
        api_judging,
        api_catalog,
        api_rights,
        api_uses,
        api_callers,
        api_papers,
        api_events,
        api_outside,
        api_wallets,
        api_bureau,
        pages_bureau,
        pages_complaints,
        pages_papers,
        pages_public,
        pages_clerk,
        pages_factor,
        pages_forms,
        pages_in,
        pages_ask,
        pages_catalog,
        pages_judging,
        pages_my,
        pages_needs,
        pages_oidc,
        pages_waivers,
        pages_registering,
        pages_connecting,
        pages_mapping,
        pages_approving,
        pages_callers,
        pages_rights,
        live,
        pages_ops,
        pages_ops_papers,
        pages_staff,
        pages_together,
    )
    for room in (*rooms, pages_trust, pages_admin, language):
        app.include_router(room.router)
    for router in (api_wallets.wallets, pages_in.calls, pages_my.calls, pages_wallet.router):
        app.include_router(router)
    app.include_router(machines)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_handlers(app)
    app.add_exception_handler(pages_my.HolderNeeded, pages_my.of_holder)
    app.add_exception_handler(api.SignInFailed, api.of_sign_in)
    describe_problems(app)
    app.add_middleware(Renewing, set_session=set_session)
    app.add_middleware(BodyBound, too_large=lambda request: answer(request, 413, "too_large"))
    app.add_middleware(Headers)
    app.add_middleware(Language)
    app.add_middleware(Measure, metrics=app.state.metrics)
    app.add_middleware(Numbered)
    return app
