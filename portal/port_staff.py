"""What the portal asks about accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ledger.accounts import Deed
from registry.accounts import Account, Post, Role
from registry.staff import GIVEN, Listed

__all__ = ["GIVEN", "Deed", "Listed", "StaffPort"]


class StaffPort(Protocol):
    """The three administrators' work. Every method may raise BadInput and Refused."""

    def listed(self, after: str = "", limit: int = 500) -> list[Listed]:
        """Accounts by name, those behind `after`."""

    def posts(self) -> list[Post]:
        """Every post."""

    def deeds(self, who: str | None, before: int | None, limit: int = 50) -> list[Deed]:
        """Sign-ins and changes of accounts, the newest first."""

    def create(self, who: Account, name: str, display: str, person: str) -> str:
        """A new account that waits for its role; its first password."""

    def grant(
        self, who: Account, name: str, role: Role, department: str | None, posts: Sequence[str]
    ) -> None:
        """Give role, department and posts, and enable the account."""

    def disable(self, who: Account, name: str) -> None:
        """Out at once."""

    def new_password(self, who: Account, name: str) -> str:
        """A new first password."""

    def drop_factor(self, who: Account, name: str) -> None:
        """Take the second factor away."""

    def change_password(self, who: Account, old: str, new: str) -> None:
        """One's own; all sessions are over."""
