"""What the bureau's pages ask, and a department's monthly letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol

from certs.sums.period import Period, period
from certs.sums.read import BY, TOP, TallyRow
from pipeline.bureau import (
    ANSWERS,
    BROUGHT,
    MOST_ROWS,
    PAGE,
    REASONS,
    SOURCES,
    Complaint,
    County,
    Imported,
    Lacking,
    Overview,
    Sums,
    after_of,
)
from pipeline.month import Letter
from registry.accounts import Account

__all__ = [
    "ANSWERS",
    "BROUGHT",
    "BY",
    "MOST_ROWS",
    "PAGE",
    "REASONS",
    "SOURCES",
    "TOP",
    "BureauPort",
    "Complaint",
    "County",
    "Imported",
    "Lacking",
    "Letter",
    "Overview",
    "Period",
    "Sums",
    "TallyRow",
    "after_of",
    "period",
]


class BureauPort(Protocol):
    """Every method may raise BadInput; no answer names a person."""

    def overview(self, of: Period) -> Overview:
        """The sums of a period, and how old they are."""

    def lacking(self, of: Period, sums: Sums) -> list[Lacking]:
        """Why papers were brought, by source, and what that makes a year."""

    def counties(self, sums: Sums) -> list[County]:
        """Every county and zone, then the city itself."""

    def rows(
        self, of: Period, narrowed: Mapping[str, str], after: tuple[date, str, str] | None
    ) -> tuple[list[TallyRow], Mapping[str, str]]:
        """PAGE rows behind a figure and one more where there is one; the names of their items."""

    def every_row(self, of: Period, narrowed: Mapping[str, str]) -> Iterator[TallyRow]:
        """The rows behind a figure, for a file."""

    def demand(self, account: Account, case_number: str, material_id: str, reason: str) -> None:
        """A clerk asks for a waived paper anyway; no reason: takes that back. Raises Refused."""

    def demanded(self, account: Account, case_number: str) -> Mapping[str, str]:
        """Material -> reason, of what the account's posts demanded anyway."""

    def import_complaints(self, account: Account, source: str, data: bytes) -> Imported:
        """Take in a table of complaints."""

    def complaints(
        self, *, is_open: bool, after: tuple[date, int] | None = None
    ) -> tuple[list[Complaint], Mapping[str, str]]:
        """PAGE complaints and one more where there is one; the names of their items."""

    def complaint_numbers(self) -> tuple[int, int]:
        """Open and answered ones."""

    def answer_complaint(self, account: Account, number: int, outcome: str, why: str) -> None:
        """What became of a complaint."""

    def letter(self, department: str, month: str) -> Letter:
        """A department's letter of a month (2026-11)."""
