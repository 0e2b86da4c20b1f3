"""A visitor of the pages, without a browser: signs in, posts forms with their token."""

from __future__ import annotations

import re
import warnings
from datetime import datetime, timedelta

from httpx import Response

from portal.app import create_app
from tests.portal.fake import NOW, PASSWORD, FakePlatform
from tests.portal.serving import KEY

with warnings.catch_warnings():  # starlette would rather have httpx2, which is young
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


class Hands:
    """A clock that a test can move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        """Go on."""
        self.now += by


class Visitor:
    """One visitor of a portal over a fake platform."""

    def __init__(
        self,
        platform: FakePlatform | None = None,
        secure: bool = False,
        *,
        host: str = "127.0.0.1",
        metrics_token: str = "",
    ) -> None:
        self.platform = platform or FakePlatform()
        self.clock = Hands()
        self.platform.signing.clock = self.clock
        app = create_app(
            self.platform, KEY, clock=self.clock, secure=secure, metrics_token=metrics_token
        )
        self.client = TestClient(
            app, f"http{'s' * secure}://testserver", follow_redirects=False,
            raise_server_exceptions=False, client=(host, 4000),
        )  # fmt: skip

    def get(self, path: str, **headers: str) -> Response:
        """A page."""
        answer: Response = self.client.get(path, headers=headers)
        return answer

    def token(self, path: str) -> str:
        """The token of a page's forms."""
        found = TOKEN.search(self.get(path).text)
        assert found
        return found[1]

    def post(self, page: str, path: str, /, **fields: str) -> Response:
        """Send a form of `page` to `path`."""
        sent = fields | {"form_token": self.token(page)}
        answer: Response = self.client.post(path, data=sent)
        return answer

    def sign_in(self, name: str, password: str = PASSWORD) -> Response:
        """By the form."""
        return self.post("/login", "/login", name=name, password=password)


def signed_in(name: str, platform: FakePlatform | None = None) -> Visitor:
    """A visitor who has signed in."""
    visitor = Visitor(platform)
    assert visitor.sign_in(name).status_code == 303
    return visitor
