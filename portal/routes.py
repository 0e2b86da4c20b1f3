"""Every route of the portal, made once a process; what it stands on comes with the request."""

from __future__ import annotations

from functools import cache
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

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
    pages_assigning,
    pages_bureau,
    pages_callers,
    pages_catalog,
    pages_clerk,
    pages_complaints,
    pages_connecting,
    pages_counties,
    pages_factor,
    pages_faults,
    pages_forms,
    pages_in,
    pages_judging,
    pages_looked,
    pages_mapping,
    pages_my,
    pages_needs,
    pages_oidc,
    pages_ops,
    pages_ops_papers,
    pages_outside,
    pages_papers,
    pages_people,
    pages_proposing,
    pages_public,
    pages_registering,
    pages_rights,
    pages_scans,
    pages_screen,
    pages_staff,
    pages_tally,
    pages_together,
    pages_trust,
    pages_uses,
    pages_waivers,
    pages_wallet,
    pages_watched,
    pages_wishes,
)
from portal.render import STATIC, portal_of
from portal.scraping import SECRET, may_scrape

#: Said to a program.
NOT_SCRAPED: Final = f"figures are for this machine, or by the token of the secret {SECRET}\n"
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
    """The portal's numbers for Prometheus: on this machine, or by the token where one is set."""
    token = request.app.state.metrics_token
    if not may_scrape(request, token):
        wanted = {"WWW-Authenticate": "Bearer"} if token else {}
        return PlainTextResponse(NOT_SCRAPED, 401 if token else 403, wanted)
    registry = request.app.state.metrics.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


ROOMS: Final = (
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
    pages_tally,
    pages_screen,
    pages_complaints,
    pages_papers,
    pages_assigning,
    pages_outside,
    pages_people,
    pages_proposing,
    pages_public,
    pages_clerk,
    pages_factor,
    pages_faults,
    pages_forms,
    pages_in,
    pages_ask,
    pages_catalog,
    pages_counties,
    pages_wishes,
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
    pages_scans,
    pages_watched,
    live,
    pages_ops,
    pages_ops_papers,
    pages_looked,
    pages_staff,
    pages_together,
    pages_trust,
    pages_uses,
    pages_admin,
    language,
)
MORE: Final = (api_wallets.wallets, pages_in.calls, pages_my.calls, pages_wallet.router, machines)


@cache
def routes() -> tuple[BaseRoute, ...]:
    """All of them, in the order in which they are looked through."""
    whole = APIRouter()
    for router in (*(room.router for room in ROOMS), *MORE):
        whole.include_router(router)
    return tuple(whole.routes)
