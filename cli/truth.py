"""Asks the sandbox city what it really holds. There only where there is a city."""

from __future__ import annotations

from typing import Any

import requests

from kernel.errors import RetryLater
from kernel.secrets import Secrets


class Truth:
    """The city's truth interface. The platform's steps never use it."""

    def __init__(self, secrets: Secrets) -> None:
        self.url = secrets.get("CITY_TRUTH_URL")
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {secrets.get('CITY_TRUTH_TOKEN')}"

    def get(self, path: str) -> Any:
        """GET a path. Raises RetryLater when the city does not answer."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST a path. Raises RetryLater when the city does not answer."""
        return self._call("POST", path, json=body or {})

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = self.session.request(method, self.url + path, timeout=120, **arguments)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise RetryLater(f"the city's truth interface did not answer {path}") from error
        return answer.json()
