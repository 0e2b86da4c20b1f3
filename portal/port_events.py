"""What the API asks of events; `pipeline.events` gives the real one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pipeline.events import Letter, Position, Subscription, Wanted
from registry.accounts import Account

__all__ = ["EventsPort", "Letter", "Position", "Subscription", "Wanted"]


class EventsPort(Protocol):
    """Every method may raise BadInput and Refused; a refusal is in the ledger."""

    def receivers(self, who: Account | None = None) -> list[Subscription]:
        """All; for an officer, the department's own."""

    def addresses(self, number: int) -> list[str]:
        """What a receiver's name resolves to now."""

    def letters(self, who: Account, number: int) -> list[Letter]:
        """What a receiver refused."""

    def propose(self, who: Account, wanted: Wanted) -> int:
        """A new receiver; its number."""

    def approve(self, who: Account, number: int, addresses: Sequence[str]) -> None:
        """The bureau's yes to a receiver at these IP addresses."""

    def end(self, who: Account, number: int) -> None:
        """No more is told."""

    def replay(self, who: Account, number: int, start: datetime | int) -> Position:
        """Tell everything again from a time, or from an entry of the ledger."""

    def reference(self, who: Account, case_number: str, number: int) -> str:
        """By what the events of a receiver name the applicant of a case."""
