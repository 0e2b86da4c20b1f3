"""What API and pages ask about messages, promises, corrections and packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from certs.verifying.verdict import Verdict
from certs.waivers.together import Once, Together
from pipeline.papers import (
    OUTCOMES,
    Correction,
    Message,
    Original,
    Outcome,
    OwnLicence,
    Package,
    Promise,
    StateChange,
    fields_of,
)
from registry.accounts import Account

__all__ = [
    "OUTCOMES",
    "Correction",
    "Message",
    "Once",
    "Original",
    "Outcome",
    "OwnLicence",
    "Package",
    "PapersPort",
    "Promise",
    "StateChange",
    "Together",
    "fields_of",
]


class PapersPort(Protocol):
    """Every method may raise BadInput and Refused; a refusal is in the ledger."""

    def together(self, account: Account, cases: Sequence[str]) -> Together:
        """The plans of an applicant's several cases, each paper once."""

    def messages(self, account: Account) -> list[Message]:
        """What nobody of the account's posts has read yet, the newest first."""

    def read(self, account: Account, number: int) -> None:
        """A message is read."""

    def promises(self, account: Account) -> list[Promise]:
        """What cases of the account's posts were accepted without, open ones first."""

    def report(
        self, account: Account, case_number: str, material_id: str, field: str, why: str
    ) -> int:
        """Say that the licence that stands for a material is wrong; the correction's number."""

    def corrections(self, account: Account) -> list[Correction]:
        """An officer's department's, or those that a clerk's posts reported."""

    def own(self, headers: Mapping[str, str], body: bytes) -> list[OwnLicence]:
        """A signed call: a holder's own licences and their corrections."""

    def report_own(self, headers: Mapping[str, str], body: bytes) -> int:
        """A signed call: a holder says that an own licence is wrong; the correction's number."""

    def answer(self, account: Account, number: int, outcome: Outcome, why: str) -> None:
        """The department's answer."""

    def package(self, account: Account, case_number: str) -> Package:
        """A case's package for the file room."""

    def keep_scan(
        self,
        account: Account,
        case_number: str,
        licence_type: str,
        pdf: bytes,
        last_day: date | None,
    ) -> str:
        """Keep a scan that this clerk compared with the original; its id."""

    def withdraw_scan(self, account: Account, scan_id: str) -> None:
        """A scan was compared wrongly, or is another's."""

    def keep_file(self, account: Account, licence_id: str, data: bytes) -> Verdict:
        """Keep the issuer's own file of a licence; the verdict on it."""

    def original(
        self, account: Account, case_number: str, material_id: str, purpose: str
    ) -> Original:
        """The issuer's own file of the licence that stands for a material."""

    def history(self, account: Account, licence_id: str) -> list[StateChange]:
        """The states of a licence, by the id of one of its versions."""
