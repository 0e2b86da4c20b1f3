"""What the API asks of judging; `pipeline.judging` gives the real one."""

from __future__ import annotations

from typing import Protocol

from catalog.judging.contradictions import Shown
from catalog.judging.evidence import Evidence
from catalog.judging.judge import Answer, Judged
from catalog.judging.people import DECIDING_DEPARTMENT
from catalog.judging.queue import Question, SettledRow, Whole
from catalog.judging.statements import Statement
from catalog.judging.wishbook import KINDS as WISH_KINDS
from catalog.judging.wishbook import STATES as WISH_STATES
from catalog.judging.wishbook import evidence_words
from catalog.judging.wishes import BY_DOCUMENT, Wanted, Wish, steps_of
from registry.accounts import Account

__all__ = [
    "BY_DOCUMENT",
    "DECIDING_DEPARTMENT",
    "WISH_KINDS",
    "WISH_STATES",
    "Answer",
    "Evidence",
    "Judged",
    "JudgingPort",
    "Question",
    "SettledRow",
    "Shown",
    "Statement",
    "Wanted",
    "Whole",
    "Wish",
    "evidence_words",
    "steps_of",
]


class JudgingPort(Protocol):
    """Every method may raise BadInput and Refused; their texts hold no personal data."""

    def subject_of(self, of: str) -> str:
        """item or material, by a question's key, a local code or a material's name."""

    def questions(
        self, account: Account | None, subject: str, limit: int, offset: int
    ) -> list[Question]:
        """What this account is asked, those questions first that settle most."""

    def question(self, account: Account, subject: str, of: str) -> Whole:
        """One question with the rows that it settles and everything that was said."""

    def judge(self, account: Account, said: Answer) -> Judged:
        """Say what a question's rows are."""

    def decide(self, account: Account, number: int, accept: bool, why: str) -> Judged:
        """Answer a proposal, or confirm a merge that waits for a second person."""

    def undo(self, account: Account, number: int, why: str) -> Judged:
        """Take a judgement back."""

    def waiting(self, account: Account | None, subject: str | None = None) -> list[Statement]:
        """Proposals and merges that wait, the oldest first."""

    def contradictions(self, account: Account | None, subject: str | None = None) -> list[Shown]:
        """Those that stand, the oldest first."""

    def wishes(self, account: Account | None, state: str | None = None) -> list[Wish]:
        """The 建议单, the oldest first."""

    def wish(self, account: Account, wanted: Wanted) -> Wish:
        """Keep a wish to the province."""

    def move_wish(
        self, account: Account, number: int, to: str, why: str, document: str | None
    ) -> Wish:
        """One step of a wish."""

    def wish_book(self, account: Account | None, state: str | None = None) -> bytes:
        """The 建议单 as Excel."""
