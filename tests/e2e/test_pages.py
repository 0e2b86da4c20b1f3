"""Every page that anybody can click to on the running platform, in a real Chromium.

At desk and phone size axe finds nothing and nothing scrolls sideways; without script the page says
the same; no request leaves loopback; nothing in the console went wrong.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from portal.app import create_app
from tests.axe.source import RUN, source
from tests.e2e.crawl import crawl
from tests.e2e.installed import Installed
from tests.e2e.people import example
from tests.e2e.walking import HOLDER, NOBODY, cookies, enter
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform
from tests.portal.serving import KEY

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("npm")]
WHO = (
    NOBODY, "clerk", "window", "officer", "ops", "bureau", "sysadmin", "secadmin", "auditor",
    HOLDER,
)  # fmt: skip
STARTS = {NOBODY: ["/login", "/verify", "/my/needs", "/api", "/my"], HOLDER: ["/my"]}
#: The same for everybody who comes there: looked at once.
SHARED = {"/", "/verify", "/api", "/account/password", "/my/needs"}
#: Pages that no link leads to, and where they are looked at.
NOT_CLICKED = {
    "/in": "leads on: test_walks_clerk.py",
    "/my/in": "leads on: test_walks_holder.py",
    "/login/bind": "a first second factor: tests/portal/test_admin.py",
    "/login/code": "a second factor: tests/portal/test_admin.py",
    "/login/oidc": "leads to a provider: tests/oidc",
    "/login/oidc/back": "leads on: tests/oidc",
    "/my/needs/{code}": "behind a search: test_walks_holder.py",
    "/connect/{code}/streams/{stream}": "of one whose tables were looked at: test_walks_connect.py",
    "/ops/tiles": "part of a page",
    "/ops/live": "a stream",
    "/bureau/screen/part": "part of a page",
    "/wallet/{code}": "a wallet's offer: tests/axe",
    "/clerk/together": "a form of ticked cases: tests/portal/test_papers.py",
    "/connect/{code}/drafts/{version}": "once one was handed on: tests/portal/test_connecting.py",
    "/rights/receivers/{number}": "once there is one: tests/portal/test_sharing.py",
    "/dept/systems/{code}": "only where rows were refused: test_portal.py",
    "/clerk/cases/{number}/outside": "where a licence is to bring: tests/portal/test_browser.py",
}
NOT_PAGES = ("/api/v1/", "/openapi", "/health", "/metrics", "/favicon", "/.well-known", "/wallet/s")
FILES = (".csv", ".xlsx", "/export", "/package")
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEADING = "[...document.querySelectorAll('h1')].map((one) => one.innerText).join('|')"
#: Seen by a person, of what works with script only: nothing may be, when there is none.
FOR_SCRIPT = "[...document.querySelectorAll('.needs-script')].filter((b) => b.offsetParent).length"


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    return source(tmp_path_factory.mktemp("axe"))


@pytest.fixture(scope="module")
def clicked() -> set[str]:
    """The routes that were come to, by anybody; filled as the tests go."""
    return set()


def look(browser: Browser, address: str, axe: str) -> list[str]:
    """What is wrong with a page."""
    wrong = []
    browser.script(True)
    browser.resize(DESK)
    browser.open(address)
    heading = browser.run(HEADING)
    browser.run(axe + ";0")
    for size in (DESK, PHONE):
        browser.resize(size)
        wrong += [f"{size[0]} px: {said}" for said in browser.run(RUN)]
        if browser.run(WIDE) > 0:
            wrong.append(f"{size[0]} px: scrolls sideways")
    if "|" in heading or not heading:
        wrong.append(f"its headings are {heading!r}")
    browser.script(False)
    browser.open(address)
    if browser.run(HEADING) != heading:
        wrong.append(f"without script its heading is {browser.run(HEADING)!r}")
    if browser.run(FOR_SCRIPT):
        wrong.append("without script it shows what works with script only")
    return wrong


@pytest.mark.parametrize("who", WHO)
def test_every_page_is_right(
    who: str, installed: Installed, chromium: Browser, axe: str, clicked: set[str]
) -> None:
    url = installed.house.settings.portal_url
    enter(chromium, installed, who)
    chromium.events.clear()
    starts = STARTS.get(who, ["/"])
    if who == NOBODY:
        starts = [*starts, f"/verify/{copy_id(installed)}"]
    found = crawl(cookies(chromium), url, starts)
    wrong = {}
    for kind, path in found.items():
        route = kind.partition("?")[0]
        if route not in SHARED or kind not in clicked:
            wrong[path] = look(chromium, url + path, axe)
        clicked |= {route, kind}
    assert {path: said for path, said in wrong.items() if said} == {}
    hosts = {urlsplit(one).hostname for one in chromium.asked() if one.startswith("http")}
    assert hosts == {"127.0.0.1"}
    quiet = [one for one in chromium.complaints() if "status of 401" not in one]
    assert quiet == []


def copy_id(installed: Installed) -> str:
    """The id of a copy made for the worked example's case, as its QR holds it."""
    clerk, case = installed.account("clerk"), example(installed)["case"]
    plan = installed.platform.plan(clerk, case)
    line = next(one for one in plan.lines if one.verdict == "waived")
    return installed.platform.fetch(clerk, case, line.material_id, "办理该事项").id


def test_every_page_was_clicked_to(clicked: set[str]) -> None:
    """A page that no link leads to is named above, with where it is looked at."""
    routes = {
        str(getattr(one, "path", ""))
        for one in create_app(FakePlatform(), KEY).routes
        if "GET" in (getattr(one, "methods", None) or ())
    }
    pages = {
        one
        for one in routes
        if not one.startswith(NOT_PAGES) and not one.endswith(FILES) and "/language" not in one
    }
    assert pages - clicked <= set(NOT_CLICKED)
