"""Signing in: the platform decides and counts what fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal.port import Account, PlatformPort

LONGEST_NAME = 64
LONGEST_PASSWORD = 256


@dataclass(frozen=True)
class Outcome:
    """Exactly one of the two is given, or none: name and password do not belong together."""

    account: Account | None = None
    wait: timedelta | None = None


class SignIn:
    """One place for every sign-in, by page or API."""

    def __init__(self, platform: PlatformPort) -> None:
        self._platform = platform

    def try_(self, name: str, password: str, address: str) -> Outcome:
        """Try once. While a wait runs nothing is asked, not even with the right password.

        What failed is forgotten by who opens the session: a second factor may still be asked.
        """
        name = name.strip()[:LONGEST_NAME]
        signing = self._platform.signing
        wait = signing.wait(name, address)
        if wait is not None:
            return Outcome(wait=wait)
        account = None
        if name and 0 < len(password) <= LONGEST_PASSWORD and "\0" not in name + password:
            account = self._platform.sign_in(name, password)
        if account is None:
            signing.failed(name, address)
            return Outcome()
        return Outcome(account=account)
