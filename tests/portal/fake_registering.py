"""A system's way in, invented: two systems on their way, one summary; it remembers its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from kernel.errors import BadInput, Refused
from portal.port import Account
from portal.port_registering import (
    Change,
    ConnectionRow,
    Difference,
    Sample,
    Submitted,
    SummaryPage,
    Version,
)
from registry.formread import read_form
from registry.formtyped import lines, read_typed
from registry.formwrite import write_form

MARKET = "市市场监督管理局"
SENTENCES = (
    "江西省食品经营许可管理系统（市市场监督管理局）：HTTP 接口，每小时读取一次。",
    "证照“licence”：每次只读取有变化的；以 certGuid 区分各条；delFlag=1 表示删除；约定了 16 列，"
    "采用 11 列，忽略 1 列，另有 3 列按约定保存；状态 1=有效，2=暂停，3=吊销，4=过期；"
    "有条件共享，依据《政务数据共享条例》第二十条；自 2008-01-01 起完整。",
)


class FakeRegistering:
    """Answers from the tables above."""

    def __init__(self, calls: list[tuple[Any, ...]], now: Any) -> None:
        self.calls, self.now = calls, now
        self.answer: tuple[str, str, str] | None = None

    def blank_form(self) -> bytes:
        return write_form()

    def take_form(self, data: bytes, by: str, department: str | None) -> str:
        self.calls.append(("take_form", by, department))
        filled = read_form(data)
        if department not in (None, filled.answers["department"]):
            raise Refused("您只能为本部门登记", reason="other_department")
        return filled.answers.get("code", "sc_new1")

    def take_typed(
        self, said: Mapping[str, str], gives: Sequence[str], by: str, department: str | None
    ) -> str:
        self.calls.append(("take_typed", by, department, tuple(gives)))
        filled, wrong = read_typed(said, gives)
        if wrong:
            raise BadInput(lines(wrong))
        if filled.answers.get("code") == "mz_funeral":
            raise BadInput("系统代号 mz_funeral 已经属于市民政局：请换一个代号或留空")
        return filled.answers.get("code", "sc_new1")

    def filled(self, code: str, department: str | None) -> dict[str, Any]:
        if code != "sc_food":
            raise BadInput("这个系统还没有登记表")
        return {"name": "食品经营许可管理系统", "level": "provincial", "gives": ["食品经营许可证"]}

    def rows(self) -> list[ConnectionRow]:
        def row(code: str, name: str, state: Any, days: int, waits: Any) -> ConnectionRow:
            since = self.now - timedelta(days=days)
            return ConnectionRow(
                code, name, MARKET, "provincial", state, since, days, waits, True, "已提交"
            )

        return [
            row("sc_food", "食品经营许可管理系统", "testing", 3, "department"),
            row("sc_special", "特种设备安全监察系统", "applied", 21, "province"),
            row("sc_seal", "企业档案系统", "live", 90, "nobody"),
            row("sc_archive", "企业电子档案系统", "applied", 21, "province"),
        ]

    def history(self, code: str) -> list[Change]:
        return [Change("applied", "officer", "登记表已提交", self.now)]

    def move(self, code: str, to: str, by: str, why: str) -> None:
        self.calls.append(("move", code, to, by, why))

    def summary(self, code: str, account: Account | None) -> SummaryPage:
        self.calls.append(("summary", code, account.name if account else None))
        if account and account.role == "officer" and not code.startswith("sc_"):
            raise Refused("这个系统属于别的部门", reason="other_department")
        answer, by, reason = self.answer or (None, None, None)
        columns = ("certNo", "holderName", "issueDate", "certState")
        rows = tuple((f"JY1360700000{n}", "某某食品店", "2024-03-0" + str(n), "1") for n in (1, 2))
        shown = (Sample("licence", columns, rows, None), Sample("case", (), (), "系统没有回应"))
        return SummaryPage(
            code, "食品经营许可管理系统", MARKET, 2, "d" * 64, SENTENCES, shown,
            answer, by, self.now if answer else None, reason,
        )  # fmt: skip

    def confirm(self, account: Account, code: str, digest: str, answer: str, reason: str) -> None:
        if answer == "sent_back" and not reason.strip():
            raise BadInput("退回原因不能为空")
        self.calls.append(("confirm", account.name, code, digest, answer, reason))
        self.answer = (answer, account.name, reason)

    def submit(self, text: str, by: str) -> Submitted:
        self.calls.append(("submit", by))
        return Submitted("sc_food", 3, (Difference("contact", "a", "b", False),))

    def approve(self, code: str, version: int, by: str) -> None:
        self.calls.append(("approve", code, version, by))

    def rollback(self, code: str, version: int, by: str) -> int:
        self.calls.append(("rollback", code, version, by))
        return 4

    def versions(self, code: str) -> list[Version]:
        return [Version(1, "d" * 64, "ops", self.now, False, {"code": code})]

    def diff(self, code: str, old: int | None, new: int | None) -> list[Difference]:
        return [Difference("contact", "a", "b", False)]
