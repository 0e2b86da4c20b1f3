"""Who is signed in to the pages of a `Desk`, without a browser."""

from __future__ import annotations

import re
import warnings
from typing import Any

from portal.render import SESSION_COOKIE
from tests.certs.test_refusals import Desk

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


class Signed:
    """One account's pages."""

    def __init__(self, desk: Desk, who: str) -> None:
        _, text = desk.sessions.begin(who)
        self.client = TestClient(desk.client.app, follow_redirects=False)
        self.client.cookies.set(SESSION_COOKIE, text)

    def text(self, path: str) -> str:
        """A page that opens."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def post(self, page: str, path: str, /, **fields: Any) -> Any:
        """Send a form of that page."""
        found = TOKEN.search(self.text(page))
        assert found
        return self.client.post(path, data={**fields, "form_token": found[1]})
