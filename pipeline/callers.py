"""Calling systems over one installation: applied for, approved, paused; each step on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection

from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from pipeline import calling, gbt36906
from pipeline.called import Call
from pipeline.on_record import act
from registry import callers
from registry.accounts import Account
from registry.callers import Grant, NewGrant

T = TypeVar("T")


class Callers:
    """Every method may raise BadInput and Refused; a refusal is in the ledger."""

    def __init__(self, house: House) -> None:
        self.house = house

    def listed(self) -> list[Grant]:
        """Every grant and application."""
        with self.house.engine.connect() as conn:
            return callers.listed(conn)

    def apply(self, who: Account, new: NewGrant) -> int:
        """Ask for a grant; its number."""
        at = self.house.clock()

        def work(conn: Connection) -> int:
            number = callers.apply(conn, who, new, at)
            self._note(conn, "caller.applied", who, new, number=number)
            return number

        return self._done(who, work)

    def approve(self, who: Account, number: int) -> str:
        """The second person's yes; the caller's code."""
        at = self.house.clock()

        def work(conn: Connection) -> str:
            grant = callers.approve(conn, who, number, at)
            self._note(conn, "caller.approved", who, grant, number=number)
            return grant.code

        return self._done(who, work)

    def pause(self, who: Account, code: str, why: str) -> None:
        """Take no more calls of it."""
        at = self.house.clock()

        def work(conn: Connection) -> None:
            grant = callers.pause(conn, who, code, why, at)
            self._note(conn, "caller.paused", who, grant, number=grant.id)

        self._done(who, work)

    def resume(self, who: Account, code: str) -> None:
        """Take its calls again."""

        def work(conn: Connection) -> None:
            grant = callers.resume(conn, who, code)
            self._note(conn, "caller.resumed", who, grant, number=grant.id)

        self._done(who, work)

    # calls

    def operate(self, operation: str, call: Call) -> dict[str, Any]:
        """A call of the plain API: its answer."""
        return calling.operate(self.house, operation, call)

    def copy(self, call: Call) -> tuple[bytes, str]:
        """A call for an annotated copy: the PDF and its name."""
        return calling.copy(self.house, call)

    def standard(self, operation: str, call: Call) -> Mapping[str, Any]:
        """A call in the shape of GB/T 36906; a refusal is an answer too."""
        return gbt36906.answer(self.house, operation, call)

    def _note(
        self, conn: Connection, name: EventName, who: Account, one: NewGrant, number: int
    ) -> None:
        about = {"system": one.code, "department": one.department, "document": one.document}
        log.append(conn, event(self.house.clock(), name, who.name, number=number, **about))

    def _done(self, who: Account, work: Callable[[Connection], T]) -> T:
        return act(self.house, who.name, "right.refused", work)
