"""What the applicant's pages ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from catalog.versions.read import PublishedItem
from certs.corrections.own import OwnCorrection, OwnLicence
from certs.rights.consents import Code, Purpose
from certs.rights.own_consents import OwnConsent
from pipeline.holder_view import HolderEntry
from pipeline.visits import Needs, OwnCase, VisitGiven
from registry.visits import Holder

__all__ = [
    "Code", "Holder", "HolderEntry", "Needs", "OwnCase", "OwnConsent", "OwnCorrection",
    "OwnLicence", "PublishedItem", "Purpose", "VisitGiven", "VisitsPort",
]  # fmt: skip


class VisitsPort(Protocol):
    """Methods with a holder are for one whom `take` gave. Each may raise BadInput and Refused."""

    def give(self, headers: Mapping[str, str], body: bytes) -> VisitGiven:
        """A signed call of the app: a ticket for its web view."""

    def take(self, text: str) -> Holder:
        """Use a ticket, once. Raises NotAuthorised."""

    def search(self, words: str) -> Sequence[PublishedItem]:
        """Items by what people call them. Open to anyone."""

    def needs(self, code: str, answers: Mapping[str, str]) -> Needs:
        """What an item asks for. Open to anyone."""

    def looks(self, who: Holder) -> list[HolderEntry]:
        """Who looked, for who was proved to be there."""

    def licences(self, who: Holder) -> list[OwnLicence]:
        """Own licences and how their corrections stand."""

    def report(self, who: Holder, licence: str, field: str, why: str) -> int:
        """An own licence is wrong; the correction's number."""

    def consents(self, who: Holder) -> Sequence[OwnConsent]:
        """Own consents."""

    def withdraw(self, who: Holder, number: int) -> None:
        """Take one back."""

    def cases(self, who: Holder) -> Sequence[OwnCase]:
        """Own open cases."""

    def code(self, who: Holder, number: str, types: Sequence[str], purpose: Purpose) -> Code:
        """A code to show at the window of an own case."""
