"""What API and pages ask of the catalogue and of waivers; `pipeline` gives the real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from catalog.questions.table import Table
from catalog.situations.whole import Whole
from pipeline.asking import QUESTIONS, About, answers_of
from pipeline.waiving import WaiverRow
from registry.accounts import Account
from registry.waivers import Waiver, WaiverList

__all__ = [
    "QUESTIONS",
    "About",
    "AskingPort",
    "Table",
    "Waiver",
    "WaiverList",
    "WaiverRow",
    "WaivingPort",
    "Whole",
    "answers_of",
]


class AskingPort(Protocol):
    """Every method may raise BadInput."""

    def table(self, question: str, about: About) -> Table:
        """The answer to one of the bureau's questions."""

    def whole(self, codes: Sequence[str], answers: Mapping[str, str]) -> Whole:
        """What an applicant needs for items: the next question, the list, the form."""


class WaivingPort(Protocol):
    """Every method may raise BadInput and Refused; a refusal is in the ledger."""

    def rows(self, state: str | None = None) -> list[WaiverRow]:
        """Every licence type, and what was said of it."""

    def history(self, licence_type: str) -> list[Waiver]:
        """What was said of a type, the newest first."""

    def lists(self) -> list[WaiverList]:
        """The published lists, the newest first."""

    def propose(self, who: Account, types: Sequence[str], why: str) -> list[str]:
        """Say that types could be waived."""

    def confirm(self, who: Account, types: Sequence[str], document: str, dated: date) -> list[str]:
        """The competent department's yes."""

    def publish(self, who: Account, types: Sequence[str], document: str, dated: date) -> int:
        """Publish a list; its number."""

    def withdraw(self, who: Account, types: Sequence[str], why: str) -> list[str]:
        """End a waiver."""
