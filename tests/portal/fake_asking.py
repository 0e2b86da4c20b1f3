"""The catalogue's questions and waivers, invented; they remember their calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from catalog.situations.asking import Listed
from catalog.situations.lexicon import ToAsk
from catalog.versions.read import PublishedItem
from kernel.errors import BadInput, Refused
from portal.port import Account
from portal.port_asking import About, Table, Waiver, WaiverList, WaiverRow, Whole

MARKET = "市市场监督管理局"
AGENT = ToAsk("agent", "是否委托他人办理？", ("是", "否"), ())
ITEM = PublishedItem("B01", "食品经营许可", None, MARKET, None)
LICENCE = Listed(
    "M1", "营业执照", "licence", "applicant", True, "prove", ("营业执照",), True, (), ("B01",)
)


class FakeAsking:
    """One item, one question, one table."""

    def __init__(self, calls: list[tuple[Any, ...]]) -> None:
        self.calls = calls

    def table(self, question: str, about: About) -> Table:
        self.calls.append(("table", question, about))
        if question != "unused":
            raise BadInput(f"no question {question}; there are unused")
        return Table(question, "一句话", {"item_id": "编码"}, [{"item_id": "B01"}])

    def whole(self, codes: Sequence[str], answers: Mapping[str, str]) -> Whole:
        self.calls.append(("whole", tuple(codes), dict(answers)))
        if list(codes) != ["B01"]:
            raise BadInput("no item in catalogue version 1")
        asked = None if answers else AGENT
        return Whole(1, (ITEM,), answers, asked, int(asked is not None), (LICENCE,), 0, ())


class FakeWaiving:
    """One licence type."""

    def __init__(self, calls: list[tuple[Any, ...]], now: Any) -> None:
        self.calls, self.now = calls, now

    def _waiver(self) -> Waiver:
        return Waiver(
            "营业执照", "confirmed", MARKET, "文一", date(2026, 5, 1), "officer", self.now,
            None, None, None, "文一", "officer", self.now,
        )  # fmt: skip

    def rows(self, state: str | None = None) -> list[WaiverRow]:
        self.calls.append(("rows", state))
        return [WaiverRow("营业执照", MARKET, "confirmed", False, self._waiver())]

    def history(self, licence_type: str) -> list[Waiver]:
        return [self._waiver()]

    def lists(self) -> list[WaiverList]:
        return [WaiverList(1, "清单一号", date(2026, 5, 1), 1, 3, "bureau", self.now)]

    def propose(self, who: Account, types: Sequence[str], why: str) -> list[str]:
        self.calls.append(("propose", who.name, tuple(types), why))
        return list(types)

    def confirm(self, who: Account, types: Sequence[str], document: str, dated: date) -> list[str]:
        self.calls.append(("confirm", who.name, tuple(types), document, dated))
        if who.role != "officer":
            raise Refused("only the competent department confirms", reason="role")
        return list(types)

    def publish(self, who: Account, types: Sequence[str], document: str, dated: date) -> int:
        self.calls.append(("publish", who.name, tuple(types), document, dated))
        return 2

    def withdraw(self, who: Account, types: Sequence[str], why: str) -> list[str]:
        self.calls.append(("withdraw", who.name, tuple(types), why))
        return list(types)
