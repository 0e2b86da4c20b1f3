"""Rights and uses, invented: what the API's reads answer. What acts is tested over a real house."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from portal.port_rights import (
    Alarm,
    Assigned,
    AtHand,
    Counted,
    Duty,
    GivenConsent,
    Held,
    HeldMandate,
    Named,
    Order,
    State,
    Use,
    UseRow,
    Which,
)
from registry.accounts import Account

LATER = datetime(2027, 2, 1, tzinfo=UTC)
MARKET = "市市场监督管理局"


class FakeRights:
    """One line each."""

    def __init__(self, now: Any) -> None:
        self.now = now
        self.named: list[tuple[str, str, str, str]] = []

    def name_relative(self, who: Account, case_number: str, role: str, number: str) -> None:
        self.named.append((who.name, case_number, role, number))

    def at_hand(self, who: Account, case_number: str) -> AtHand:
        """An agent came by a mandate; one consent was given on paper, one taken back."""
        until, paid = date(2027, 6, 30), "医疗保障电子凭证"
        new, old = date(2026, 11, 1), date(2025, 1, 1)
        mandates = [
            HeldMandate(2, False, new, until, "授权委托书（2026）8号", False, True, True),
            HeldMandate(1, True, old, until, "长期委托", True, False, False),
        ]
        consents = [
            GivenConsent(paid, True, "document", "同意书一号", self.now, LATER, False),
            GivenConsent(paid, False, "code_brought", None, self.now, LATER, True),
        ]
        item = ("B01", "食品经营许可新办")
        return AtHand(case_number, *item, True, mandates, consents, [paid])

    def assigned(self, who: Account, case_number: str) -> Assigned:
        """The case is given to one county's window, and was given to a province's."""
        gave = datetime(2026, 11, 1, tzinfo=UTC)
        receive, both = frozenset({"receive"}), frozenset({"receive", "decide"})
        held = [
            Held(2, "市行政审批局受理窗口", receive, "on_behalf", "于都县", "协议一号", gave, None,
                 "clerk", True),
            Held(1, "市市场监督管理局审批科", both, "several_places", "广东省", "协议二号", gave,
                 LATER, "bureau", False),
        ]  # fmt: skip
        posts = {"市行政审批局": {"xz-01": "市行政审批局受理窗口"}}
        return Assigned(case_number, "食品经营许可新办", True, held, posts)

    def roster(self) -> list[Duty]:
        return [Duty(1, "sc-02", "*", date(2026, 1, 1), None, "部门职责", "registry", self.now)]

    def orders(self, who: Account) -> list[Order]:
        return [
            Order(
                1, "court", "（2026）赣01执1号", ("营业执照",), self.now, self.now, None,
                "bureau", self.now, None, None, None,
            )
        ]  # fmt: skip

    def alarms(
        self, which: Which = "open", before: int | None = None, limit: int | None = None
    ) -> list[Alarm]:
        if which == "closed":
            return []
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
