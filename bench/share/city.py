"""A city with a portal, one round done, and a clerk who is signed in over HTTP."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from cli.truth import Truth
from kernel.house import House
from registry.accounts import DEMO_PASSWORD
from registry.contract import System
from tests.e2e.browser import Browser
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, Paper, case_of, line_of, papers


@dataclass
class Clerk:
    """A program that calls the API over one connection, as one-window does."""

    connection: http.client.HTTPConnection
    token: str

    def call(self, method: str, path: str, body: Any = None) -> bytes:
        """The body of a 200. Raises ValueError on any other answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        self.connection.request(method, f"/api/v1{path}", sent, headers)
        answer = self.connection.getresponse()
        got = answer.read()
        if answer.status != 200:
            raise ValueError(f"{method} answered {answer.status}: {got[:300]!r}")
        return got

    def plan(self, case: str) -> bytes:
        """The waiver plan of a case."""
        return self.call("GET", f"/cases/{quote(case)}/plan")

    def fetch(self, case: str, material: str) -> bytes:
        """An annotated copy."""
        path = f"/cases/{quote(case)}/materials/{quote(material)}/fetch"
        return self.call("POST", path, {"purpose": "prove"})


def signed_in(house: House) -> Clerk:
    """The demo's clerk."""
    where = urlsplit(house.settings.portal_url)
    made = Clerk(http.client.HTTPConnection(where.hostname or "", where.port, timeout=60), "")
    who = {"name": "clerk", "password": DEMO_PASSWORD}
    made.token = json.loads(made.call("POST", "/session", who))["token"]
    return made


@dataclass(frozen=True)
class Worked:
    """A case of a firm whose business licence is landed and published."""

    installed: Installed
    case: str
    material: str
    others: tuple[Paper, ...]  # of other firms


def worked(house: House, systems: dict[str, System]) -> Worked:
    """One round over all systems, then a case as a clerk opens it."""
    installed = Installed(house, systems, Truth(house.secrets), Browser(house.settings.portal_url))
    installed.round("bench")
    paper, *others = papers(installed, BUSINESS)
    case = case_of(installed, paper)
    material = line_of(installed, case, BUSINESS).material_id
    return Worked(installed, case, material, tuple(others))
