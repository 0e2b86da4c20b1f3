"""What the API asks of outside issuers; `pipeline.outside` gives the real one."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pipeline.outside import ListShown, Recognised
from registry.accounts import Account

__all__ = ["ListShown", "OutsidePort", "Recognised"]


class OutsidePort(Protocol):
    """Every method may raise BadInput and Refused; a refusal is in the ledger."""

    def lists(self) -> list[ListShown]:
        """The newest list of each authority."""

    def take(self, who: Account, data: bytes) -> ListShown:
        """Take a signed list of issuers."""

    def recognise(
        self, who: Account, case_number: str, licence_type: str, data: bytes,
        last_day: date | None,
    ) -> Recognised:  # fmt: skip
        """A licence from outside, handed in for a case."""
