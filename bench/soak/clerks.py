"""Clerks at work over HTTP: look at a case, see its plan, fetch what is waived.

What a clerk gets is timed. While a program that was killed comes back a clerk waits and tries
again, as a person does; that is counted, not timed.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from threading import Event, Lock, Thread
from typing import Any

import requests

from registry.accounts import DEMO_PASSWORD

NAME = re.compile(r'filename="([^"]+)\.pdf"')
#: Answers that are no fault: done, refused with a reason, a source or a store away for now.
EXPECTED = frozenset({200, 403, 503})
THINKS = 1.0  # seconds between two things that a clerk does
PATIENCE = 30.0  # seconds that an answer may take


@dataclass
class Seen:
    """What the clerks met. `times`: (when, what, seconds) of answers that were given; `reasons`:
    why the others were refused, by the platform's own word."""

    times: list[tuple[float, str, float]] = field(default_factory=list)
    copies: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    away: int = 0
    faults: list[str] = field(default_factory=list)


class Clerks:
    """So many clerks, each a thread of its own with a session of its own."""

    def __init__(self, url: str, many: int, seed: int) -> None:
        self.url, self.seen = url, Seen()
        self._lock, self._over = Lock(), Event()
        self._threads = [
            Thread(target=self._work, args=(Random(seed + one),), daemon=True)
            for one in range(many)
        ]

    def start(self) -> None:
        """They begin."""
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """They end what they do."""
        self._over.set()
        for one in self._threads:
            one.join(4 * PATIENCE)

    def _work(self, random: Random) -> None:
        while not self._over.is_set():
            try:
                self._shift(random)
            except requests.RequestException:
                with self._lock:
                    self.seen.away += 1
                self._over.wait(random.uniform(0.2, 1))

    def _shift(self, random: Random) -> None:
        """From a sign-in until the portal is away, or the end."""
        with requests.Session() as session:
            session.trust_env = False
            sent = {"name": "clerk", "password": DEMO_PASSWORD}
            made = session.post(f"{self.url}/api/v1/session", json=sent, timeout=PATIENCE)
            if made.status_code != 200:
                self._told("session", made)
                self._over.wait(1)
                return
            session.headers["authorization"] = f"Bearer {made.json()['token']}"
            session.cookies.clear()
            cases = self._ask(session, "cases", "GET", "/cases")
            while cases and not self._over.is_set():
                self._case(session, random.choice(cases)["number"], random)

    def _case(self, session: requests.Session, number: str, random: Random) -> None:
        plan = self._ask(session, "plan", "GET", f"/cases/{number}/plan")
        self._over.wait(random.uniform(0, 2 * THINKS))
        lines = [one for one in (plan or {}).get("lines", []) if one["verdict"] == "waived"]
        if not lines:
            return
        material = random.choice(lines)["material_id"]
        path = f"/cases/{number}/materials/{material}/fetch"
        self._ask(session, "fetch", "POST", path, {"purpose": f"办理（办件 {number}）"})
        self._over.wait(random.uniform(0, 2 * THINKS))

    def _ask(
        self, session: requests.Session, what: str, method: str, path: str, body: Any = None
    ) -> Any:
        began = time.monotonic()
        answer = session.request(method, f"{self.url}/api/v1{path}", json=body, timeout=PATIENCE)
        self._told(what, answer, time.monotonic() - began)
        if answer.status_code != 200:
            return None
        return None if what == "fetch" else answer.json()

    def _told(self, what: str, answer: requests.Response, seconds: float | None = None) -> None:
        with self._lock:
            self.seen.statuses[answer.status_code] += 1
            if answer.status_code == 403:
                self.seen.reasons[str(answer.json().get("reason"))] += 1
            if answer.status_code not in EXPECTED:
                self.seen.faults.append(f"{what}: {answer.status_code}")
            if answer.status_code == 200 and seconds is not None:
                self.seen.times.append((time.monotonic(), what, seconds))
                found = NAME.search(answer.headers.get("content-disposition", ""))
                if found:
                    self.seen.copies.add(found[1])
