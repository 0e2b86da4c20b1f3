"""What pages and API ask of a system's way in; `pipeline.registering` gives the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pipeline.approval import Submitted
from pipeline.confirming import SummaryPage
from pipeline.samples import Sample
from pipeline.standing import ConnectionRow
from registry.accounts import Account
from registry.states import Change
from registry.versions import Difference, Version

__all__ = [
    "Change",
    "ConnectionRow",
    "Difference",
    "RegisteringPort",
    "Sample",
    "Submitted",
    "SummaryPage",
    "Version",
]


class RegisteringPort(Protocol):
    """Every method may raise BadInput and Refused; their texts hold no personal data."""

    def blank_form(self) -> bytes:
        """The empty form, .xlsx."""

    def take_form(self, data: bytes, by: str, department: str | None) -> str:
        """Keep a filled form; the system's code. BadInput holds a line a mistake."""

    def take_typed(
        self, said: Mapping[str, str], gives: Sequence[str], by: str, department: str | None
    ) -> str:
        """The same form typed into a page (`registry.formtyped`); the system's code."""

    def filled(self, code: str, department: str | None) -> dict[str, Any]:
        """The form of a system as stored, for an officer's own department (None: any)."""

    def rows(self) -> list[ConnectionRow]:
        """Where every system stands."""

    def history(self, code: str) -> list[Change]:
        """A system's changes, the newest first."""

    def move(self, code: str, to: str, by: str, why: str) -> None:
        """One step, if its evidence is there."""

    def summary(self, code: str, account: Account | None) -> SummaryPage:
        """What the officer confirms; rows are plain for the department's officer only."""

    def confirm(self, account: Account, code: str, digest: str, answer: str, reason: str) -> None:
        """The officer's `confirmed` or `sent_back` for the contract of that digest."""

    def submit(self, text: str, by: str) -> Submitted:
        """Hand a contract on for approval."""

    def approve(self, code: str, version: int, by: str) -> None:
        """Approve another person's draft."""

    def rollback(self, code: str, version: int, by: str) -> int:
        """Put an old version in force again; the new number."""

    def versions(self, code: str) -> list[Version]:
        """All versions, the newest first."""

    def diff(self, code: str, old: int | None, new: int | None) -> list[Difference]:
        """What two versions differ in."""
