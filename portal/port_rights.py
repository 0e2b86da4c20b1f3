"""What the API asks of rights and uses; `pipeline` gives the real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from certs.licences.face import told
from certs.looks.answers import Answered
from certs.looks.ordered import Ordered
from certs.rights.acting import Mandate
from certs.rights.alarms import Alarm, Which
from certs.rights.assigning import MODES, Assigned, Given, Held
from certs.rights.at_hand import AtHand, GivenConsent, HeldMandate
from certs.rights.consents import Code
from certs.rights.orders import KINDS as ORDER_KINDS
from certs.rights.orders import NewOrder, Order
from certs.rights.presences import SENTENCES as PRESENCE
from certs.rights.presences import Presence
from certs.rights.relations import ROLE_NAMES
from certs.rights.use_lists import PAGE as USES_PAGE
from certs.rights.use_lists import Counted, Named
from certs.rights.uses import STATES as USE_STATES
from certs.rights.uses import State, Use
from pipeline.holder_view import HolderEntry
from pipeline.share import Narrow
from pipeline.uses import UseRow
from registry.accounts import Account
from registry.roster import Duty

__all__ = [
    "MODES", "ORDER_KINDS", "PRESENCE", "ROLE_NAMES", "USES_PAGE", "USE_STATES", "Alarm",
    "Answered", "Assigned", "AtHand", "Code", "Counted", "Duty", "Given", "GivenConsent",
    "Held", "HeldMandate", "HolderEntry", "Mandate", "Named", "Narrow", "NewOrder", "Order",
    "Ordered", "Person", "Presence", "RightsPort", "State", "Use", "UseRow", "UsesPort",
    "Which", "told",
]  # fmt: skip
Person = tuple[str, str]  # person | organisation, number


class RightsPort(Protocol):
    """Every method may raise BadInput, SkipRow and Refused; a refusal is in the ledger."""

    def roster(self) -> list[Duty]:
        """Which post handles which item when."""

    def set_duty(
        self, who: Account, post: str, item: str, days: tuple[date, date | None], document: str
    ) -> int:
        """A new line; its number."""

    def end_duty(self, who: Account, number: int, until: date) -> None:
        """A line ends with that day."""

    def assign(self, who: Account, given: Given) -> int:
        """Give a case to another post; the number."""

    def take_back(self, who: Account, case_number: str, number: int) -> None:
        """End an assignment of the case at once."""

    def assigned(self, who: Account, case_number: str) -> Assigned:
        """To which posts the case was given, and may be given."""

    def at_hand(self, who: Account, case_number: str) -> AtHand:
        """Who acts in a case, and what its holders agreed to."""

    def came(self, who: Account, case_number: str, person: Person | None) -> None:
        """An agent came for the case; None: the applicant in person."""

    def name_relative(self, who: Account, case_number: str, role: str, number: str) -> None:
        """Whom a licence must prove to be the applicant's guardian or legal representative."""

    def let_act(self, who: Account, case_number: str, agent: Person, mandate: Mandate) -> int:
        """Record a mandate of the applicant; its number."""

    def agent_came(
        self, who: Account, case_number: str, agent: Person, mandate: Mandate | None
    ) -> None:
        """An agent came; with a mandate to record, both or neither are on record."""

    def revoke(self, who: Account, case_number: str, number: int, why: str) -> None:
        """End a mandate."""

    def consent(
        self, who: Account, case_number: str, types: Sequence[str], document: str
    ) -> list[str]:
        """Consent on paper; the licence types."""

    def withdraw(self, who: Account, case_number: str, types: Sequence[str]) -> list[str]:
        """Consent taken back; the licence types."""

    def use_code(self, who: Account, case_number: str, code: str) -> list[str]:
        """The code that the holder shows; the licence types."""

    def presence(self, who: Account, case_number: str, result: bytes) -> Presence:
        """A signed result of the identity service, for a case."""

    def proved(self, headers: Mapping[str, str], body: bytes) -> Presence:
        """A signed call: a result that the app carries for its holder."""

    def looks(self, headers: Mapping[str, str], body: bytes) -> list[HolderEntry]:
        """A signed call: who looked at the holder of the result that it carries."""

    def answer(self, who: Account, case_number: str, question: str) -> Answered:
        """Yes or no."""

    def case_opened(self, headers: Mapping[str, str], body: bytes) -> str:
        """A signed call: the one-window accepted a case; its number."""

    def code(self, headers: Mapping[str, str], body: bytes) -> Code:
        """A signed call: a holder wants a code."""

    def orders(self, who: Account) -> list[Order]:
        """Every order, without its subjects."""

    def propose_order(self, who: Account, new: NewOrder, subjects: Sequence[Person]) -> int:
        """The first person records the document; its number."""

    def confirm_order(self, who: Account, number: int) -> None:
        """The second person's yes."""

    def end_order(self, who: Account, number: int) -> None:
        """End it."""

    def look_ordered(
        self, who: Account, number: int, person: Person, licence_type: str
    ) -> list[Ordered]:
        """Licences under an order."""

    def alarms(
        self, which: Which = "open", before: int | None = None, limit: int | None = None
    ) -> list[Alarm]:
        """Alarms of looks, the newest first: those below number `before`, at most `limit`."""

    def close_alarm(self, who: Account, number: int, why: str) -> None:
        """A person has looked into it."""


class UsesPort(Protocol):
    """Every method may raise BadInput and Refused; a refusal is in the ledger."""

    def rows(
        self, state: str | None = None, department: str | None = None, overdue: bool = False
    ) -> list[UseRow]:
        """The uses."""

    def counted(self, department: str | None) -> list[Counted]:
        """Every type that items use: of that issuing department, or of all."""

    def of_type(self, licence_type: str, state: State, after: str = "") -> list[Named]:
        """A page of a type's uses in that state; one more than its length when more follow."""

    def refused(self, needs: str | None) -> list[Named]:
        """What was refused to the items of a department, or to all, and disputes of it."""

    def history(self, item_id: str, licence_type: str) -> list[Use]:
        """What was said of one use."""

    def decide(
        self, who: Account, pairs: Sequence[tuple[str, str]], state: str, why: str,
        fields: Sequence[str] | None,
    ) -> list[Use]:  # fmt: skip
        """The issuing department's yes or no."""

    def dispute(self, who: Account, pair: tuple[str, str], why: str) -> Use:
        """Say that a refusal is wrong."""

    def rule(
        self, who: Account, pair: tuple[str, str], state: str, why: str,
        fields: Sequence[str] | None,
    ) -> Use:  # fmt: skip
        """The bureau's ruling."""
