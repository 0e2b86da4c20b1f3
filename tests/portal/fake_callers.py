"""Calling systems, invented: what the API's read answers. Calls are tested over a real house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.port_callers import Grant

MARKET = "市市场监督管理局"


class FakeCallers:
    """One grant."""

    def __init__(self, now: Any) -> None:
        self.now = now

    def listed(self) -> list[Grant]:
        return [
            Grant(
                "kiosk", "自助终端", MARKET, "KIOSK_KEY", ("plan",), ("*",), ("*",),
                ("10.36.0.0/16",), 50, 1000, self.now, self.now + timedelta(days=30), "文一号",
                1, "officer", self.now, "bureau", self.now, None, None, None,
            )
        ]  # fmt: skip
