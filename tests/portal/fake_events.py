"""Events, invented: what the API's reads answer. What acts is tested over a real house."""

from __future__ import annotations

from typing import Any

from portal.port_events import Letter, Position, Subscription
from portal.port_outside import ListShown
from registry.accounts import Account


class FakeOutside:
    """One list."""

    def __init__(self, now: Any) -> None:
        self.now = now

    def lists(self) -> list[ListShown]:
        return [ListShown("national", 3, self.now, self.now, False, 40, 38, "ops", self.now)]


class FakeEvents:
    """One receiver, one letter."""

    def __init__(self, now: Any) -> None:
        self.now = now

    def receivers(self, who: Account | None = None) -> list[Subscription]:
        return [
            Subscription(
                1, "一件事", "市市场监督管理局", "https://example.invalid/hook",
                ("licence.issued",), (), (), "ONE_THING", self.now, "active", "ops", "bureau",
                ("192.0.2.1",), 7, 0, 0, None, None, None, 1, 0,
            )
        ]  # fmt: skip

    def addresses(self, number: int) -> list[str]:
        return ["192.0.2.1"]

    def letters(self, who: Account, number: int) -> list[Letter]:
        at = Position(6, 0)
        return [Letter(1, at, "evt_6_0", "licence/k", 1, self.now, self.now, "http_422", None)]

    def reference(self, who: Account, case_number: str, number: int) -> str:
        return "0123456789abcdef"
