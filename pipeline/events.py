"""Receivers of events, and telling them: over one installation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection

from certs.events import deliver, kinds, letters, receivers, subscriptions
from certs.events.deliver import Told
from certs.events.kinds import Position
from certs.events.letters import Letter
from certs.events.post import resolve
from certs.events.receivers import SYSTEM, Subscription, Wanted
from certs.rights import right
from certs.rights.scene import scene
from kernel.errors import BadInput, PersonMustAct, Refused
from kernel.house import House
from landing import findings, finished
from landing.findings import Finding
from ledger import log
from ledger.events import event
from pipeline.on_record import act
from registry.accounts import Account

__all__ = ["Events", "Letter", "Position", "Subscription", "Wanted"]
T = TypeVar("T")
#: Cases at their end that one entry of the ledger tells of.
CASES: Final = 1_000
#: Receivers that are told at a time, and events of one pass over one of them.
AT_ONCE, MOST = 4, 20_000


@dataclass(frozen=True)
class DeliverCounts:
    """What one delivery did: events taken and refused, receivers that did not answer.

    `finished`: cases at their end that were put on record. `unsigned`: receivers whose secret is
    missing or of another form.
    """

    receivers: int
    finished: int
    taken: int
    refused: int
    away: int
    unsigned: int
    more: int


class Events:
    """Every method may raise BadInput and Refused (on record)."""

    def __init__(self, house: House) -> None:
        self.house = house

    def receivers(self, who: Account | None = None) -> list[Subscription]:
        """All; for an officer, the department's own."""
        with self.house.engine.connect() as conn:
            found = receivers.subscriptions(conn)
        if who is not None and who.role == "officer":
            return [one for one in found if one.department == who.department]
        return found

    def addresses(self, number: int) -> list[str]:
        """What a receiver's name resolves to now: what the bureau would approve."""
        return resolve(self._one(number).url)

    def letters(self, who: Account, number: int) -> list[Letter]:
        """What a receiver refused; for an officer, only of the own department's."""
        one = self._one(number)
        if who.role == "officer" and one.department != who.department:
            raise Refused("这是别的部门的事件接收方。", reason="other_department")
        with self.house.engine.connect() as conn:
            return letters.letters(conn, number)

    def propose(self, who: Account, wanted: Wanted) -> int:
        """A new receiver; its number."""
        return self._done(who, lambda conn: subscriptions.propose(self.house, conn, who, wanted))

    def approve(self, who: Account, number: int, addresses: Sequence[str]) -> None:
        """The bureau's yes to a receiver at these IP addresses."""
        self._done(
            who, lambda conn: subscriptions.approve(self.house, conn, who, number, addresses)
        )

    def end(self, who: Account, number: int) -> None:
        """No more is told."""
        self._done(who, lambda conn: subscriptions.end(self.house, conn, who, number))

    def replay(self, who: Account, number: int, start: datetime | int) -> Position:
        """Tell everything again from a time, or from an entry of the ledger."""
        return self._done(
            who, lambda conn: subscriptions.replay(self.house, conn, who, number, start)
        )

    def reference(self, who: Account, case_number: str, number: int) -> str:
        """By what the events of a receiver name the applicant of a case.

        Only for a clerk who may plan the case. Raises Refused, in the ledger as well.
        """
        self._one(number)
        with self.house.engine.begin() as conn:
            now = scene(self.house, conn, who.name, case_number)
            decision = right.check(now.facts(), "plan")
            if isinstance(decision, right.Allowed) and now.case is not None:
                about = {"case": case_number, "number": number, "holder": now.case.holder_hash}
                log.append(conn, event(now.now, "reference.given", who.name, **about))
                return kinds.reference(self.house, number, now.case.holder_hash)
            denied = (
                decision if isinstance(decision, right.Denied) else right.Denied("case_unknown")
            )
            log.append(conn, event(now.now, "right.refused", who.name, reason=denied.reason))
        raise Refused(denied.sentence, reason=denied.reason)

    def deliver(self) -> DeliverCounts:
        """Put ended cases on record, then tell every receiver what is due. Repeating is no harm."""
        ended = collect(self.house)
        numbers = [one.id for one in self.receivers() if one.state in ("active", "failing")]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = list(pool.map(self._tell, numbers))
        done = [one for one in told if one is not None]
        return DeliverCounts(
            receivers=len(numbers),
            finished=ended,
            taken=sum(one.taken for one in done),
            refused=sum(one.refused for one in done),
            away=sum(one.away for one in done),
            unsigned=len(told) - len(done),
            more=sum(one.more for one in done),
        )

    def _tell(self, number: int) -> Told | None:
        """One receiver; None, and a finding, where nothing can be signed for it."""
        one = self._one(number)
        where, at = (SYSTEM, one.name), self.house.clock()
        try:
            told = deliver.tell(self.house, number, MOST)
        except PersonMustAct:
            about = f"the secret {one.secret} is missing or of another form: set it"
            found = Finding("webhook_unsigned", f"receiver {number}", about)
            with self.house.engine.begin() as conn:
                findings.note(conn, where, [found], at)
            return None
        with self.house.engine.begin() as conn:
            findings.close_of(conn, *where, at, "webhook_unsigned")
        return told

    def _one(self, number: int) -> Subscription:
        with self.house.engine.connect() as conn:
            found = receivers.subscriptions(conn, number)
        if not found:
            raise BadInput(f"no receiver {number}: `zhongtai events list` shows them")
        return found[0]

    def _done(self, who: Account, work: Callable[[Connection], T]) -> T:
        return act(self.house, who.name, "right.refused", work)


def collect(house: House) -> int:
    """Put cases whose end has landed on the ledger, many in an entry; how many."""
    count = 0
    while True:
        with house.engine.begin() as conn:
            ids = finished.untold(conn, CASES)
            if not ids:
                return count
            facts = {"count": len(ids), "first_id": ids[0], "last_id": ids[-1]}
            entry = log.append(conn, event(house.clock(), "case.finished", "events", **facts))
            finished.told(conn, ids, entry)
        count += len(ids)
