"""What API and pages ask about items' forms; `pipeline.forms` gives the real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from catalog.forms.fields import TYPES
from certs.looks.form import FilledField
from certs.looks.joining import OnceField
from pipeline.forms import CaseForm, FormChange, FormRow, JoinedForm
from registry.accounts import Account

__all__ = [
    "TYPES",
    "CaseForm",
    "FilledField",
    "FormChange",
    "FormRow",
    "FormsPort",
    "JoinedForm",
    "OnceField",
]


class FormsPort(Protocol):
    """Every method may raise BadInput and Refused; a refusal about a case is in the ledger."""

    def propose(self, data: bytes, by: str, why: str) -> list[int]:
        """Propose the forms of a CSV; their numbers."""

    def decide(self, numbers: Sequence[int], state: str, by: str, why: str) -> list[FormChange]:
        """Accept or refuse proposals, or withdraw accepted ones."""

    def rows(self, account: Account | None, state: str | None = None) -> list[FormRow]:
        """What was proposed, the newest first."""

    def current(self, account: Account | None, item_id: str | None = None) -> bytes:
        """The forms that hold now, as a CSV to edit and hand in."""

    def of_case(self, account: Account, case_number: str) -> CaseForm:
        """A case's form, filled in. In the ledger before it returns."""

    def together(self, account: Account, numbers: Sequence[str]) -> JoinedForm:
        """The forms of an applicant's several cases, each field once."""
