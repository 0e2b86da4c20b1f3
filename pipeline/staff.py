"""Accounts over one installation: each change is on record before its answer, refusals too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from kernel.errors import Refused
from kernel.house import House
from ledger import accounts as record
from ledger import log
from ledger.accounts import Deed
from ledger.events import EventName, event
from pipeline.on_record import act
from registry import accounts, staff
from registry.accounts import Account, Post, Role
from registry.staff import Listed

T = TypeVar("T")


class Staff:
    """Every method may raise BadInput and Refused."""

    def __init__(self, house: House) -> None:
        self.house = house

    def listed(self, after: str = "", limit: int = 500) -> list[Listed]:
        """Accounts by name."""
        with self.house.engine.connect() as conn:
            return staff.listed(conn, after, limit)

    def posts(self) -> list[Post]:
        """Every post, for a clerk's account."""
        return sorted(accounts.posts().values(), key=lambda one: one.code)

    def deeds(self, who: str | None, before: int | None, limit: int = 50) -> list[Deed]:
        """Sign-ins and changes of accounts, the newest first."""
        with self.house.engine.connect() as conn:
            return record.deeds(conn, who, before, limit)

    def first(self, three: dict[Role, tuple[str, str]]) -> dict[str, str]:
        """The first three administrators; each one's first password."""
        with self.house.engine.begin() as conn:
            made = staff.first(conn, three)
            for role, (name, _) in three.items():
                self._note(conn, "account.created", "installation", name, role=role)
        return made

    def create(self, who: Account, name: str, display: str, person: str) -> str:
        """A new account; its first password."""

        def work(conn: Connection) -> str:
            password = staff.create(conn, who, name, display, person)
            self._note(conn, "account.created", who.name, name)
            return password

        return self._done(who, work)

    def grant(
        self, who: Account, name: str, role: Role, department: str | None, posts: Sequence[str]
    ) -> None:
        """Give role, department and posts, and enable the account."""

        def work(conn: Connection) -> None:
            now = self.house.clock()
            staff.grant(conn, who, name, role, (department, posts), now)
            self._note(conn, "account.granted", who.name, name, role=role, department=department)

        self._done(who, work)

    def disable(self, who: Account, name: str) -> None:
        """Out at once."""

        def work(conn: Connection) -> None:
            staff.disable(conn, who, name, self.house.clock())
            self._note(conn, "account.disabled", who.name, name)

        self._done(who, work)

    def new_password(self, who: Account, name: str) -> str:
        """A new first password."""

        def work(conn: Connection) -> str:
            password = staff.new_password(conn, who, name, self.house.clock())
            self._note(conn, "account.password_given", who.name, name)
            return password

        return self._done(who, work)

    def drop_factor(self, who: Account, name: str) -> None:
        """Take the second factor away."""

        def work(conn: Connection) -> None:
            staff.drop_factor(conn, who, name, self.house.clock())
            self._note(conn, "account.factor_dropped", who.name, name)

        self._done(who, work)

    def change_password(self, who: Account, old: str, new: str) -> None:
        """One's own; all sessions are over. Raises Refused in the demo, whose passwords stay."""
        if who.demo:
            raise Refused("演示账号的密码不能修改。", reason="demo")
        with self.house.engine.begin() as conn:
            staff.change_password(conn, who.name, old, new, self.house.clock())
            self._note(conn, "account.password_changed", who.name, who.name)

    def _note(
        self, conn: Connection, what: EventName, actor: str, name: str, **facts: str | None
    ) -> None:
        log.append(conn, event(self.house.clock(), what, actor, subject=name, **facts))

    def _done(self, who: Account, work: Callable[[Connection], T]) -> T:
        return act(self.house, who.name, "account.change_refused", work)
