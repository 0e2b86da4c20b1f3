"""Rights and uses, invented: what the API's reads answer. What acts is tested over a real house."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.port_rights import Alarm, Counted, Duty, Named, Order, State, Use, UseRow
from registry.accounts import Account

MARKET = "市市场监督管理局"


class FakeRights:
    """One line each."""

    def __init__(self, now: Any) -> None:
        self.now = now
        self.named: list[tuple[str, str, str, str]] = []

    def name_relative(self, who: Account, case_number: str, role: str, number: str) -> None:
        self.named.append((who.name, case_number, role, number))

    def roster(self) -> list[Duty]:
        return [Duty(1, "sc-02", "*", date(2026, 1, 1), None, "部门职责", "registry", self.now)]

    def orders(self, who: Account) -> list[Order]:
        return [
            Order(
                1, "court", "（2026）赣01执1号", ("营业执照",), self.now, self.now, None,
                "bureau", self.now, None, None, None,
            )
        ]  # fmt: skip

    def alarms(self, everything: bool = False) -> list[Alarm]:
        return [Alarm(1, "burst", "clerk", "一小时内查看 40 次", self.now, None, None, None)]


class FakeUses:
    """One use."""

    def __init__(self, now: Any) -> None:
        self.use = Use(
            "B01", "营业执照", MARKET, "requested", ("住所",), date(2026, 11, 19), "为什么", False,
            "platform", now,
        )  # fmt: skip

    def rows(
        self, state: str | None = None, department: str | None = None, overdue: bool = False
    ) -> list[UseRow]:
        return [UseRow("食品经营许可", self.use, True, 1)]

    def history(self, item_id: str, licence_type: str) -> list[Use]:
        return [self.use]

    def counted(self, department: str | None) -> list[Counted]:
        return [Counted("营业执照", MARKET, 3, 410, 1, 1, 1, date(2026, 11, 19))]

    def of_type(self, licence_type: str, state: State, after: str = "") -> list[Named]:
        use = Use(**{**vars(self.use), "state": state})
        return [Named("食品经营许可", "市民政局", use)]

    def refused(self, needs: str | None) -> list[Named]:
        use = Use(**{**vars(self.use), "state": "disputed"})
        return [Named("食品经营许可", "市民政局", use)]
