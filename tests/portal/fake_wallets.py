"""One offer, invented. What acts is tested over a real house."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.port_wallets import Waiting

CODE = "c0de"


class FakeWallets:
    """Knows one offer."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def waiting(self, code: str) -> Waiting | None:
        if code != CODE:
            return None
        ends = self.now + timedelta(minutes=10)
        return Waiting("食品经营许可证", "openid-credential-offer://?credential_offer=%7B%7D", ends)
