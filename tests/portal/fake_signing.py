"""Sign-ins and sessions of the fake platform, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from kernel import totp
from kernel.clock import Clock
from kernel.errors import NotAuthorised, Refused
from pipeline.oidc import Begun
from pipeline.tickets import SAYS, Entered, Given
from registry.accounts import Account, Factor

WINDOW = timedelta(minutes=15)


class FakeSigning:
    """As `pipeline.signing`, with five failures of a name from an address."""

    def __init__(self, now: datetime, account: Callable[[str], Account | None]) -> None:
        self.clock: Clock = lambda: now
        self.account = account
        self.failures: dict[tuple[str, str], list[datetime]] = {}
        self.ended: set[str] = set()
        self.since: dict[str, datetime] = {}
        self.wanted: set[str] = set()  # accounts that must bind a second factor
        self.secrets: dict[str, bytes] = {}
        self.steps: dict[str, int] = {}

    def wait(self, name: str, address: str) -> timedelta | None:
        recent = [at for at in self.failures.get((name, address), []) if at > self.clock() - WINDOW]
        return recent[-5] + WINDOW - self.clock() if len(recent) >= 5 else None

    def failed(self, name: str, address: str) -> None:
        self.failures.setdefault((name, address), []).append(self.clock())

    def succeeded(self, name: str, address: str) -> None:
        self.failures.pop((name, address), None)

    def visitor(self, name: str, session: str, begun: datetime) -> Account | None:
        over = name in self.since and begun < self.since[name]
        return None if over or session in self.ended else self.account(name)

    def end_session(self, session: str, until: datetime) -> None:
        assert until > self.clock()
        self.ended.add(session)

    def factor(self, account: Account) -> Factor:
        if account.name in self.secrets:
            return "asked"
        return "to_set" if account.name in self.wanted else "none"

    def offered(self, name: str, session: str) -> bytes:
        return hashlib.sha1(f"{name}{session}".encode(), usedforsecurity=False).digest()

    def set_factor(self, name: str, session: str, said: str) -> bool:
        secret = self.offered(name, session)
        if totp.step_of(secret, said, self.clock(), None) is None:
            return False
        self.secrets[name] = secret
        return True

    def check_factor(self, name: str, said: str) -> bool:
        step = totp.step_of(self.secrets[name], said, self.clock(), self.steps.get(name))
        if step is not None:
            self.steps[name] = step
        return step is not None


class FakeElsewhere:
    """No identity provider; over a real one: `tests/oidc`."""

    def offered(self) -> bool:
        return False

    def begin(self) -> Begun:
        raise NotAuthorised("there is no identity provider here", reason="oidc")

    def finish(self, code: str, nonce: str, verifier: str) -> Account:
        raise NotAuthorised("there is no identity provider here", reason="oidc")

    def leave(self) -> str | None:
        return None


class FakeTickets:
    """One good ticket, `good`, for a clerk; over a real installation: `test_tickets.py`."""

    def __init__(self, now: datetime, account: Callable[[str], Account | None]) -> None:
        self.now = now
        self.account = account
        self.used = False

    def give(self, headers: Mapping[str, str], body: bytes) -> Given:
        if "x-signature" not in headers:
            raise NotAuthorised("the header x-signature is missing")
        return Given("good", self.now + timedelta(minutes=1), "3607002611201000")

    def take(self, text: str) -> Entered:
        if text != "good":
            raise NotAuthorised("没有这张票据。", reason="ticket_unknown")
        account = self.account("clerk")
        if self.used or account is None:
            raise Refused(SAYS["used"][1], reason="ticket_used")
        self.used = True
        return Entered(account, "3607002611201000")
