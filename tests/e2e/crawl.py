"""Every page that a role can click to on the running portal, one of each route and query."""

from __future__ import annotations

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import requests
from starlette.routing import Route

from portal.app import create_app
from tests.portal.fake import FakePlatform
from tests.portal.serving import KEY

#: Ways out of a role's pages, and files.
NOT_FOLLOWED = ("/language/", "/static/")
FILES = (".csv", ".xlsx", ".pdf", "/export", "/package")
#: A system on its way leads to other pages than one in force: both are opened.
OF_A_KIND = {"/connect/{code}": 12, "/connect/{code}/mapping": 12}
#: A page that says how to come in, to who has not.
STRANGER = {"/my": 401}


class Links(HTMLParser):
    """The addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down a link."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


class Routes:
    """Which route an address belongs to."""

    def __init__(self) -> None:
        app = create_app(FakePlatform(), KEY)
        routes = [
            one for one in app.routes if isinstance(one, Route) and "GET" in (one.methods or ())
        ]
        self._known = [(one.path_regex, one.path) for one in routes]

    def kind(self, address: str) -> str:
        """The route's template and the names of its query: pages of one kind look alike."""
        parts = urlsplit(address)
        path = next((path for regex, path in self._known if regex.match(parts.path)), "")
        names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        return f"{path}?{'&'.join(names)}" if names and path else path


def crawl(session: requests.Session, url: str, starts: list[str]) -> dict[str, str]:
    """Kind of page → the first address of that kind, for who holds the session's cookies.

    Of some kinds more are opened for their links.
    """
    routes, found, waiting = Routes(), dict[str, str](), deque(starts)
    asked, many = set[str](), Counter[str]()
    while waiting:
        path = waiting.popleft()
        kind = routes.kind(path)
        file = path.partition("?")[0].endswith(FILES)
        if not kind or path in asked or file or path.startswith(NOT_FOLLOWED):
            continue
        if many[kind] == OF_A_KIND.get(kind, 1):
            continue
        asked.add(path)
        many[kind] += 1
        answer = session.get(url + path, timeout=60)
        assert answer.status_code in (200, STRANGER.get(path)), (path, answer.status_code)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found.setdefault(kind, path)
        links = Links()
        links.feed(answer.text)
        waiting += [_within(path, one) for one in links.found if _own(one, url)]
    return found


def _own(link: str, url: str) -> bool:
    return link.startswith(("/", "?", url)) and not link.startswith("//")


def _within(page: str, link: str) -> str:
    """The address of a link on a page, without what is behind a #."""
    whole = urlsplit(page).path + link if link.startswith("?") else link
    parts = urlsplit(whole)
    return parts.path + (f"?{parts.query}" if parts.query else "")
