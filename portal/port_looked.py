"""What the page of looks at a department's licences asks."""

from __future__ import annotations

from typing import Protocol

from pipeline.looked import MOST, PAGE, LookRow
from registry.accounts import Account

__all__ = ["MOST", "PAGE", "LookRow", "LookedPort"]


class LookedPort(Protocol):
    """For a department's officer; of others' licences it shows nothing."""

    def types(self, account: Account) -> list[str]:
        """The licence types that the officer's department is competent for."""

    def rows(
        self, account: Account, licence_type: str = "", before: str = "", limit: int = PAGE + 1
    ) -> list[LookRow]:
        """The newest looks, older than `before`. Raises BadInput on one that no row has."""
