"""Accounts and what was done with them, invented, for the administrators' pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kernel.errors import BadInput, Refused
from ledger.accounts import Deed
from registry import accounts
from registry.accounts import Account, Post, Role
from registry.staff import Listed

MARKET = "市市场监督管理局"


class FakeStaff:
    """Five accounts; more of both when asked to be `many`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.many = 0
        self.done: list[tuple[str, ...]] = []

    def listed(self, after: str = "", limit: int = 500) -> list[Listed]:
        old = self.now - timedelta(days=9)
        rows = [
            Listed("clerk", "窗口工作人员（演示）", "clerk", None, ("sc-02",), None, True, False,
                   False, None),
            Listed("li.hua", "李华", "officer", MARKET, (), "GZ-0012", False, True, False, None),
            Listed("new", "刘新", "none", None, (), "GZ-0044", False, False, True, old),
            Listed("sysadmin", "王系统", "sysadmin", None, (), "GZ-0001", False, False, True, None),
            Listed("zhao", "赵离职", "clerk", None, ("mz-01",), "GZ-0020", False, False, False,
                   old),
        ]  # fmt: skip
        more = [
            Listed(f"u{n:05}", f"人员{n}", "clerk", None, ("mz-01",), f"GZ-{n}", False, False,
                   False, None)
            for n in range(self.many)
        ]  # fmt: skip
        return [one for one in sorted(rows + more, key=lambda x: x.name) if one.name > after][
            :limit
        ]

    def posts(self) -> list[Post]:
        return sorted(accounts.posts().values(), key=lambda one: one.code)[:8]

    def deeds(self, who: str | None, before: int | None, limit: int = 50) -> list[Deed]:
        names = ("signed_in", "refused", "locked", "granted", "change_refused")
        rows = [
            Deed(
                n, self.now - timedelta(minutes=60 - n), f"account.{names[n % 5]}",
                "unknown" if n % 5 == 1 else "secadmin" if n % 5 > 2 else "li.hua",
                "new" if n % 5 > 2 else None, "clerk" if n % 5 == 3 else None,
                {2: "too_many_failures", 4: "administrators_apart"}.get(n % 5),
            )
            for n in range(60)
        ]  # fmt: skip
        wanted = [one for one in reversed(rows) if who in (None, one.actor, one.subject)]
        return [one for one in wanted if before is None or one.seq < before][:limit]

    def create(self, who: Account, name: str, display: str, person: str) -> str:
        if name == "clerk":
            raise BadInput("there is an account named clerk: use another name")
        self.done.append(("create", who.name, name, display, person))
        return "first-password"

    def grant(
        self, who: Account, name: str, role: Role, department: str | None, posts: Sequence[str]
    ) -> None:
        if role == "auditor":
            raise Refused("this person holds another account", reason="administrators_apart")
        self.done.append(("grant", who.name, name, role, department or "", *posts))

    def disable(self, who: Account, name: str) -> None:
        self.done.append(("disable", who.name, name))

    def new_password(self, who: Account, name: str) -> str:
        self.done.append(("password", who.name, name))
        return "new-password"

    def drop_factor(self, who: Account, name: str) -> None:
        self.done.append(("factor", who.name, name))

    def change_password(self, who: Account, old: str, new: str) -> None:
        if old == "wrong":
            raise BadInput("原密码不对。", reason="old_password")
        if old == new:
            raise BadInput("新密码不能与原密码相同。")
        self.done.append(("own", who.name))
