"""Signing in: the platform decides, we count what fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kernel.clock import Clock
from portal.port import Account, PlatformPort
from portal.sessions import Throttle

LONGEST_NAME = 64
LONGEST_PASSWORD = 256


@dataclass(frozen=True)
class Outcome:
    """Exactly one of the two is given, or none: name and password do not belong together."""

    account: Account | None = None
    wait: timedelta | None = None


class SignIn:
    """One place for every sign-in, by page or API.

    Five failures of a name from one address, twenty of a name from anywhere, or sixty from one
    address within a quarter of an hour: wait until the oldest is that old.
    """

    def __init__(self, platform: PlatformPort, clock: Clock) -> None:
        self._platform = platform
        self._pair = Throttle(clock, 5)
        self._name = Throttle(clock, 20)
        self._address = Throttle(clock, 60)

    def try_(self, name: str, password: str, address: str) -> Outcome:
        """Try once. While a wait runs nothing is asked, not even with the right password."""
        name = name.strip()[:LONGEST_NAME]
        counts = (
            (self._pair, f"{name.lower()}\x1f{address}"),
            (self._name, name.lower()),
            (self._address, address),
        )
        waits = [wait for throttle, key in counts if (wait := throttle.wait(key))]
        if waits:
            return Outcome(wait=max(waits))
        account = None
        if name and 0 < len(password) <= LONGEST_PASSWORD:
            account = self._platform.sign_in(name, password)
        if account is None:
            for throttle, key in counts:
                throttle.failed(key)
            return Outcome()
        self._pair.forget(counts[0][1])
        return Outcome(account=account)
