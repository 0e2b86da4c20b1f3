"""Messages, promises, corrections and a package, invented. It remembers its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from certs.verifying.verdict import Verdict
from certs.waivers.together import Together, together
from certs.waivers.waive import Plan
from kernel.errors import BadInput, Refused
from portal.port_papers import (
    Correction,
    Message,
    Original,
    Outcome,
    OwnLicence,
    Package,
    Promise,
    StateChange,
)
from registry.accounts import Account

MARKET = "市市场监督管理局"
TOLD = "办件 C1 容缺的“营业执照”已由平台补取核验，无需申请人补交。"


class FakePapers:
    """One of each."""

    def __init__(
        self, calls: list[tuple[Any, ...]], now: Any, plan_of: Callable[[str], Plan]
    ) -> None:
        self.calls, self.now, self.plan_of = calls, now, plan_of
        self.unread = [Message(7, "sc-02", "C1", TOLD, now)]

    def together(self, account: Account, cases: Sequence[str]) -> Together:
        self.calls.append(("together", account.name, tuple(cases)))
        if "other" in cases:
            raise BadInput("这些办件不是同一个申请人的，不能合并核定。")
        return together([self.plan_of(number) for number in cases])

    def messages(self, account: Account) -> list[Message]:
        posts = {post.code for post in account.posts}
        return [one for one in self.unread if one.post in posts]

    def read(self, account: Account, number: int) -> None:
        if number not in [one.id for one in self.messages(account)]:
            raise BadInput(f"您的岗位没有编号为 {number} 的未读消息。")
        self.unread = []

    def promises(self, account: Account) -> list[Promise]:
        return [
            Promise(
                "C1", "M1", "营业执照", "sc-02", "stale", account.name, self.now,
                date(2026, 11, 27), None, None,
            )
        ]  # fmt: skip

    def report(
        self, account: Account, case_number: str, material_id: str, field: str, why: str
    ) -> int:
        if len(why) < 4:
            raise BadInput("请写明哪里不对：4 至 500 个字。")
        self.calls.append(("report", account.name, case_number, material_id, field, why))
        return 3

    def own(self, headers: Mapping[str, str], body: bytes) -> list[OwnLicence]:
        raise Refused("没有通过验证。", reason="signature_wrong")

    def report_own(self, headers: Mapping[str, str], body: bytes) -> int:
        raise Refused("没有通过验证。", reason="signature_wrong")

    def corrections(self, account: Account) -> list[Correction]:
        return [
            Correction(
                3, "sc_enterprise", "营业执照", MARKET, "住所", "C1", "sc-02", False, self.now,
                date(2026, 11, 27), "<b>住所</b>写错", None, None, None, True, 2,
            )
        ]  # fmt: skip

    def answer(self, account: Account, number: int, outcome: Outcome, why: str) -> None:
        if account.department != MARKET:
            raise Refused("这份校核由证照的主管部门答复。", reason="not_of_department")
        self.calls.append(("answer", account.name, number, outcome, why))

    def package(self, account: Account, case_number: str) -> Package:
        self.calls.append(("package", account.name, case_number))
        return Package(f"{case_number}-archive.zip", b"PK\x05\x06" + bytes(18))

    def keep_scan(
        self,
        account: Account,
        case_number: str,
        licence_type: str,
        pdf: bytes,
        last_day: date | None,
    ) -> str:
        self.calls.append(("scan", account.name, case_number, licence_type, pdf, last_day))
        return "s1"

    def withdraw_scan(self, account: Account, scan_id: str) -> None:
        self.calls.append(("unscan", account.name, scan_id))

    def keep_file(self, account: Account, licence_id: str, data: bytes) -> Verdict:
        self.calls.append(("file", account.name, licence_id, data))
        return Verdict(None, "no_seal", None, "pdf", "文件没有签章。")

    def original(
        self, account: Account, case_number: str, material_id: str, purpose: str
    ) -> Original:
        self.calls.append(("original", account.name, case_number, material_id, purpose))
        return Original(b"PK", "ofd")

    def history(self, account: Account, licence_id: str) -> list[StateChange]:
        return [StateChange(1, self.now, "valid", "at_source")]
