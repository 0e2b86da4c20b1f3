"""What the portal asks about sign-ins and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from pipeline.oidc import Begun
from pipeline.tickets import Entered, Given
from registry.accounts import Account, Factor

__all__ = ["Begun", "ElsewherePort", "Entered", "Given", "SigningPort", "TicketsPort"]


class TicketsPort(Protocol):
    """The one-window brings a clerk in."""

    def give(self, headers: Mapping[str, str], body: bytes) -> Given:
        """A signed call: a ticket for a clerk. Raises NotAuthorised, BadInput, SkipRow, Refused."""

    def take(self, text: str) -> Entered:
        """Use a ticket, once. Raises NotAuthorised (no such one) and Refused, on record."""


class ElsewherePort(Protocol):
    """Signing in at the city's identity provider."""

    def offered(self) -> bool:
        """Whether there is one."""

    def begin(self) -> Begun:
        """Where to send the browser."""

    def finish(self, code: str, nonce: str, verifier: str) -> Account:
        """The account of who came back. Raises NotAuthorised, Refused, BadInput, RetryLater."""

    def leave(self) -> str | None:
        """Where the browser signs out at the provider too; None where that is nowhere."""


class SigningPort(Protocol):
    """Failures and sessions, the same in every process."""

    def wait(self, name: str, address: str) -> timedelta | None:
        """How long this name from this address must wait before it may try; None: not at all."""

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this name from this address."""

    def factor(self, account: Account) -> Factor:
        """What is still asked of who gave the right password."""

    def offered(self, name: str, session: str) -> bytes:
        """The secret of a second factor that is offered to who is signing in."""

    def set_factor(self, name: str, session: str, said: str) -> bool:
        """Bind the offered secret, once the app's code is right."""

    def check_factor(self, name: str, said: str) -> bool:
        """Whether the code is the app's of now; each is taken once."""

    def visitor(self, name: str, session: str, begun: datetime) -> Account | None:
        """The account of a session; None when the session was ended or the account is gone."""

    def end_session(self, session: str, until: datetime) -> None:
        """End a session now."""
