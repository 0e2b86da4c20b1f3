"""Looks at the market bureau's licences, invented: three pages of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kernel.errors import BadInput
from portal.port_looked import PAGE, LookRow
from registry.accounts import Account

TYPES = ("营业执照", "食品经营许可证")
OFFICES = ("市民政局审批科", "市行政审批局综合受理窗口", "章贡区市场监督管理局审批科")
ITEMS = ("食品经营许可变更", "最低生活保障对象认定、救助金给付", "公司设立登记")
COUNT = 2 * PAGE + 20


class FakeLooked:
    """The newest is a minute old. It remembers its calls."""

    def __init__(self, calls: list[tuple[Any, ...]], now: datetime) -> None:
        self.calls = calls
        self.every = [self._row(n, now) for n in range(COUNT)]

    def _row(self, n: int, now: datetime) -> LookRow:
        return LookRow(
            at=now - timedelta(minutes=1 + 47 * n),
            licence_type=TYPES[n % 2],
            way="facts" if n % 4 == 3 else "copy",
            office=OFFICES[n % 3],
            item=ITEMS[n % 3],
            case=f"36070026{1120000 - 7 * n}",
            material=TYPES[n % 2],
            mark=f"{COUNT - n}-{COUNT - n}",
        )

    def types(self, account: Account) -> list[str]:
        return list(TYPES)

    def rows(
        self, account: Account, licence_type: str = "", before: str = "", limit: int = PAGE + 1
    ) -> list[LookRow]:
        self.calls.append(("looks", account.name, licence_type, before))
        marks = [row.mark for row in self.every]
        if before and before not in marks:
            raise BadInput("before 不对：请从列表的“更早的”点开，不要手工填写")
        older = self.every[marks.index(before) + 1 :] if before else self.every
        return [row for row in older if licence_type in ("", row.licence_type)][:limit]
