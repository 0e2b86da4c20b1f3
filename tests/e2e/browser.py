"""A visitor of the running portal over HTTP, who keeps what an observer of the wire sees."""

from __future__ import annotations

import re
from typing import Any

import requests

PASSWORD = "zhongtai-demo"
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


class Browser:
    """One visitor. `seen`: the address and the headers of every answer, redirects too."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[str] = []
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.hooks["response"].append(self._look)

    def _look(self, answer: requests.Response, **_: Any) -> None:
        lines = [f"{answer.request.method} {answer.request.url}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        self.seen.append("\n".join(lines))

    def get(self, path: str) -> requests.Response:
        """A page; redirects are not followed."""
        return self.session.get(self.url + path, allow_redirects=False, timeout=60)

    def post(self, page: str, path: str, /, **fields: str) -> requests.Response:
        """Send a form that stands on `page` to `path`."""
        found = TOKEN.search(self.get(page).text)
        assert found, f"{page} has no form"
        return self.session.post(
            self.url + path,
            data={**fields, "form_token": found[1]},
            allow_redirects=False,
            timeout=60,
        )

    def sign_in(self, name: str) -> None:
        """By the form, as one who was not signed in."""
        self.session.cookies.clear()
        answer = self.post("/login", "/login", name=name, password=PASSWORD)
        assert answer.status_code == 303, answer.status_code

    def api(self, method: str, path: str, token: str = "", **more: Any) -> requests.Response:
        """A call of /api/v1 as a program: no cookie."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.session.cookies.clear()
        return self.session.request(
            method, f"{self.url}/api/v1{path}", headers=headers, timeout=60, **more
        )
