"""Roster, assignments, mandates, consent, orders and alarms, over one installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from certs.looks import answers, ordered
from certs.looks.answers import Answered
from certs.looks.ordered import Ordered
from certs.rights import acting, alarms, assigning, consents, naming, orders, presences
from certs.rights.acting import Mandate
from certs.rights.alarms import Alarm, Which
from certs.rights.assigning import Assigned, Given
from certs.rights.at_hand import AtHand, at_hand
from certs.rights.consents import Code
from certs.rights.orders import NewOrder, Order
from certs.rights.presences import Presence
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing.read import case_by_number
from ledger import log
from ledger.events import EventName, event
from pipeline import window_calls
from pipeline.holder_view import HolderEntry
from registry import accounts, roster
from registry.accounts import Account
from registry.roster import Duty

T = TypeVar("T")
Person = tuple[str, str]  # person | organisation, number


class Rights:
    """Every method may raise BadInput, SkipRow (a malformed number) and Refused, on record."""

    def __init__(self, house: House) -> None:
        self.house = house

    # the roster

    def roster(self) -> list[Duty]:
        """Which post handles which item when."""
        with self.house.engine.connect() as conn:
            return roster.duties(conn)

    def set_duty(
        self, who: Account, post: str, item: str, days: tuple[date, date | None], document: str
    ) -> int:
        """A new line: from and until with these days."""
        at = self.house.clock()
        line = Duty(0, post, item, days[0], days[1], document, who.name, at)

        def work(conn: Connection) -> int:
            number = roster.set_duty(conn, who, line)
            about = {"post": post, "item": item, "document": document, "number": number}
            log.append(conn, event(at, "right.recorded", who.name, kind="duty", **about))
            return number

        return self._done(who, work)

    def end_duty(self, who: Account, number: int, until: date) -> None:
        """A line ends with that day."""

        def work(conn: Connection) -> None:
            line = roster.end_duty(conn, who, number, until)
            about = {"post": line.post, "item": line.item, "until": until.isoformat()}
            fact = event(
                self.house.clock(), "right.revoked", who.name, kind="duty", number=number, **about
            )
            log.append(conn, fact)

        self._done(who, work)

    # the case

    def assign(self, who: Account, given: Given) -> int:
        """Give a case to another post."""

        def work(conn: Connection) -> int | Refused:
            if case_by_number(conn, given.case_number) is None and who.role == "bureau":
                raise BadInput("no case of that number")
            return assigning.assign(self.house, conn, who, given)

        return self._done(who, work)

    def take_back(self, who: Account, case_number: str, number: int) -> None:
        """End an assignment of the case at once."""
        self._done(
            who, lambda conn: assigning.take_back(self.house, conn, who, case_number, number)
        )

    def assigned(self, who: Account, case_number: str) -> Assigned:
        """To which posts the case was given, and may be given."""
        return self._done(who, lambda conn: assigning.assigned(self.house, conn, who, case_number))

    def at_hand(self, who: Account, case_number: str) -> AtHand:
        """Who acts in a case, and what its holders agreed to."""
        return self._done(who, lambda conn: at_hand(self.house, conn, who, case_number))

    def came(self, who: Account, case_number: str, person: Person | None) -> None:
        """An agent came for the case; None: the applicant in person."""
        named = self._hash(person) if person is not None else None

        def work(conn: Connection) -> object:
            row = case_by_number(conn, case_number)
            applicant = row.holder_hash if row is not None else ""
            return acting.came(self.house, conn, who, case_number, named or applicant)

        self._done(who, work)

    def name_relative(self, who: Account, case_number: str, role: str, number: str) -> None:
        """Name the applicant's guardian or legal representative; it proves nothing."""
        self._done(who, lambda conn: naming.name(self.house, conn, who, case_number, role, number))

    def let_act(self, who: Account, case_number: str, agent: Person, mandate: Mandate) -> int:
        """Record the mandate of a case's applicant."""
        named = self._hash(agent)
        return self._done(
            who, lambda conn: acting.let_act(self.house, conn, who, case_number, named, mandate)
        )

    def agent_came(
        self, who: Account, case_number: str, agent: Person, mandate: Mandate | None
    ) -> None:
        """An agent came; with a mandate to record, both or neither are on record."""
        named = self._hash(agent)
        self._done(
            who, lambda conn: acting.agent_came(self.house, conn, who, case_number, named, mandate)
        )

    def revoke(self, who: Account, case_number: str, number: int, why: str) -> None:
        """End a mandate."""
        self._done(who, lambda conn: acting.revoke(self.house, conn, who, case_number, number, why))

    def consent(
        self, who: Account, case_number: str, types: Sequence[str], document: str
    ) -> list[str]:
        """The applicant's consent on paper."""
        return self._done(
            who, lambda conn: consents.record(self.house, conn, who, case_number, types, document)
        )

    def withdraw(self, who: Account, case_number: str, types: Sequence[str]) -> list[str]:
        """The applicant takes consent back."""
        return self._done(
            who, lambda conn: consents.withdraw(self.house, conn, who, case_number, types)
        )

    def use_code(self, who: Account, case_number: str, code: str) -> list[str]:
        """The code that the holder shows."""
        return self._done(
            who, lambda conn: consents.use_code(self.house, conn, who, case_number, code)
        )

    def presence(self, who: Account, case_number: str, result: bytes) -> Presence:
        """A signed result of the identity service, which a clerk carries into a case."""

        def work(conn: Connection) -> Presence | Refused:
            now = acting.at_case(self.house, conn, who, case_number, "right.refused")
            if isinstance(now, Refused):
                return now
            return presences.prove(self.house, conn, who.name, case_number, result)

        return self._done(who, work)

    def answer(self, who: Account, case_number: str, question: str) -> Answered:
        """Yes or no."""
        return answers.ask(self.house, who, case_number, question)

    # signed calls

    def case_opened(self, headers: Mapping[str, str], body: bytes) -> str:
        """The one-window accepted a case."""
        return window_calls.case_opened(self.house, headers, body)

    def code(self, headers: Mapping[str, str], body: bytes) -> Code:
        """A holder wants a code."""
        return window_calls.code(self.house, headers, body)

    def proved(self, headers: Mapping[str, str], body: bytes) -> Presence:
        """A signed result of the identity service, which the app carries for its holder."""
        return window_calls.presence(self.house, headers, body)

    def looks(self, headers: Mapping[str, str], body: bytes) -> list[HolderEntry]:
        """Who looked at a holder who proves with a signed result to be there."""
        return window_calls.looks(self.house, headers, body)

    # orders

    def orders(self, who: Account) -> list[Order]:
        """Every order, for the bureau; of whom is not told."""
        if who.role != "bureau":
            raise Refused("orders are for the bureau", reason="role")
        with self.house.engine.connect() as conn:
            return orders.orders(conn)

    def propose_order(self, who: Account, new: NewOrder, subjects: Sequence[Person]) -> int:
        """The first person records the document."""
        named = frozenset(self._hash(one) for one in subjects)
        at = self.house.clock()
        return self._done(
            who,
            lambda conn: orders.propose(conn, who, replace(new, subjects=named), at),
            "order.refused",
        )

    def confirm_order(self, who: Account, number: int) -> None:
        """The second person's yes."""
        at = self.house.clock()
        self._done(who, lambda conn: orders.confirm(conn, who, number, at), "order.refused")

    def end_order(self, who: Account, number: int) -> None:
        """End it."""
        at = self.house.clock()
        self._done(who, lambda conn: orders.end(conn, who, number, at), "order.refused")

    def look_ordered(
        self, who: Account, number: int, person: Person, licence_type: str
    ) -> list[Ordered]:
        """The licences of a type of one of the order's subjects."""
        with self.house.engine.connect() as conn:
            known = accounts.account(conn, who.name) or who
        return ordered.look(self.house, known, number, self._hash(person), licence_type)

    # alarms

    def alarms(
        self, which: Which = "open", before: int | None = None, limit: int | None = None
    ) -> list[Alarm]:
        """Alarms of looks, the newest first: those below number `before`, at most `limit`."""
        with self.house.engine.connect() as conn:
            return alarms.alarms(conn, which, before, limit)

    def sweep(self) -> int:
        """Look for new ones; how many."""
        return alarms.sweep(self.house)

    def close_alarm(self, who: Account, number: int, why: str) -> None:
        """A person has looked into it."""
        at = self.house.clock()
        self._done(who, lambda conn: alarms.close(conn, who, number, why, at))

    def _hash(self, person: Person) -> str:
        return self.house.holder_hash(*person)

    def _done(
        self,
        who: Account,
        work: Callable[[Connection], T | Refused],
        refusing: EventName = "right.refused",
    ) -> T:
        """Do it in one transaction. What is refused is on record before it is raised."""
        try:
            with self.house.engine.begin() as conn:
                made = work(conn)
        except Refused as refused:
            reason = str(refused.facts.get("reason", ""))
            with self.house.engine.begin() as conn:
                fact = event(self.house.clock(), refusing, who.name, reason=reason)
                log.append(conn, fact)
            raise
        if isinstance(made, Refused):  # its entry was committed with the transaction
            raise made
        return made
