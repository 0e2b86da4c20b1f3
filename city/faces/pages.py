"""The pages: choose a desk and a case, or a person, and go on at the platform. Without script.

They stand for systems that are another's, so that a newcomer can click from there. Whoever reaches
this port may be anyone of the city: it is a sandbox, and listens on loopback only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from city.faces.platform import Door, NotOpened
from city.servers.errors import Answer
from city.world import CityError, World
from city.world.desk import OpenCase

HERE = Path(__file__).parent
MOST, APPLICANTS = 30, 40  # rows of a list; cases whose applicants the app knows
BODY_BYTES = 10_000
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Desk:
    """A clerk's desk at the one-window, and the platform's demo account of the same person."""

    user: str
    name: str
    posts: tuple[str, ...]


DESKS = (
    Desk("clerk", "市场监管、民政审批窗口", ("sc-02", "mz-02")),
    Desk("clerk2", "公安、医保审批窗口", ("ga-02", "yb-02")),
    Desk("window", "市场监管综合受理窗口（只收件）", ("sc-01",)),
)


class Faces:
    """The pages over one world. `settle`: until the systems serve what was changed."""

    def __init__(self, world: World, door: Door, settle: Callable[[], None]) -> None:
        self._world, self._door, self._settle = world, door, settle
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[Route]:
        """What the city's HTTP server adds."""
        return [
            Route("/", _get(self.front)),
            Route("/faces.css", _get(_style)),
            Route("/desk", _get(self.desk)),
            Route("/desk/go", _post(self.go), methods=["POST"]),
            Route("/desk/new", _post(self.new), methods=["POST"]),
            Route("/app", _get(self.app)),
            Route("/app/go", _post(self.visit), methods=["POST"]),
        ]

    def front(self, _: Request) -> Response:
        """What there is to click."""
        return self._page("front.html")

    def desk(self, request: Request) -> Response:
        """A clerk's cases at the one-window."""
        return self._desk(_desk(request.query_params.get("user", "")))

    def _desk(self, desk: Desk, problem: str = "") -> Response:
        cases = self._world.open_cases(MOST, desk.posts)
        items = {one.item_code: one.item for one in cases}
        return self._page(
            "desk.html", 400 if problem else 200, desk=desk, desks=DESKS, cases=cases, items=items,
            applicants=_once(cases), problem=problem,
        )  # fmt: skip

    def go(self, sent: dict[str, str]) -> Response:
        """Go on at the platform with a case that is on the screen."""
        desk = _desk(sent.get("user", ""))
        try:
            case = self._world.open_case(sent.get("case", ""))
            return RedirectResponse(self._door.clerk(case, desk.user), 303, HEADERS)
        except (CityError, NotOpened) as error:
            return self._desk(desk, str(error))

    def new(self, sent: dict[str, str]) -> Response:
        """Take a new application in, and go on with it."""
        desk = _desk(sent.get("user", ""))
        try:
            model = self._world.open_case(sent.get("item", ""))
            who = self._world.open_case(sent.get("who", ""))
            number, _ = self._world.accept_case(
                model.item_code, who.kind, who.applicant_number, who.applicant_name, model.post
            )
            self._settle()
            case = self._world.open_case(number)
            return RedirectResponse(self._door.clerk(case, desk.user), 303, HEADERS)
        except Answer as late:
            return self._desk(desk, late.message)
        except (CityError, NotOpened) as error:
            return self._desk(desk, str(error))

    def app(self, _: Request) -> Response:
        """Whose phone is it?"""
        return self._app()

    def _app(self, problem: str = "") -> Response:
        people = _once(self._world.open_cases(APPLICANTS))
        return self._page("app.html", 400 if problem else 200, people=people, problem=problem)

    def visit(self, sent: dict[str, str]) -> Response:
        """Go on at the platform as that person."""
        try:
            case = self._world.open_case(sent.get("who", ""))
            return RedirectResponse(self._door.holder(case, "face" in sent), 303, HEADERS)
        except (CityError, NotOpened) as error:
            return self._app(str(error))

    def _page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        text = self._templates.get_template(name).render(portal=self._door.portal, **values)
        return HTMLResponse(text, status, HEADERS)


def _desk(user: str) -> Desk:
    return next((one for one in DESKS if one.user == user), DESKS[0])


def _once(cases: Sequence[OpenCase]) -> list[OpenCase]:
    """One case an applicant, in their order. Who they are is said by a case: no number of anybody
    is on the page."""
    found: dict[str, OpenCase] = {}
    for one in cases:
        found.setdefault(one.applicant_number, one)
    return list(found.values())


def _style(_: Request) -> Response:
    return FileResponse(HERE / "faces.css", media_type="text/css")


def _get(show: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        return await run_in_threadpool(show, request)

    return handle


def _post(act: Callable[[dict[str, str]], Response]) -> Callable[[Request], Any]:
    """A form of these pages; one that another site's page sends does nothing."""

    async def handle(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return Response("从沙盒城市自己的页面进入。", 403, HEADERS)
        body = await request.body()
        sent = parse_qs(body[:BODY_BYTES].decode("utf-8", "replace"))
        return await run_in_threadpool(act, {name: values[-1] for name, values in sent.items()})

    return handle
