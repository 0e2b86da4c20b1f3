"""Items' uses of conditional licence types: asked for when publishing, decided by departments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from catalog.versions.read import current_version, item_of_code
from certs.rights import use_lists, use_moves, uses
from certs.rights.use_lists import Counted, Named
from certs.rights.uses import STATES, State, Use
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from pipeline.on_record import act
from registry import workdays
from registry.accounts import Account

T = TypeVar("T")
Pair = tuple[str, str]  # item id, licence type


@dataclass(frozen=True)
class UseRow:
    """A use, its item's name, and how late its decision is. `overdue_days`: working days."""

    item: str
    use: Use
    overdue: bool
    overdue_days: int


class Uses:
    """Over one installation. Every method may raise BadInput and Refused (on record)."""

    def __init__(self, house: House) -> None:
        self.house = house

    def rows(
        self, state: str | None = None, department: str | None = None, overdue: bool = False
    ) -> list[UseRow]:
        """The uses: of that state, of that issuing department, only those that are late."""
        if state is not None and state not in STATES:
            raise BadInput(f"no state {state} of a use; there are {', '.join(STATES)}")
        today = self.house.clock().astimezone(CITY_TIME).date()
        with self.house.engine.connect() as conn:
            found = uses.current(conn, department=department).values()
            wanted = [one for one in found if state in (None, one.state)]
            names = self._names(conn, {one.item_id for one in wanted})
        rows = [
            UseRow(
                names[one.item_id],
                one,
                one.overdue(today),
                workdays.between(one.due, today) if one.overdue(today) else 0,
            )
            for one in wanted
        ]
        return [row for row in rows if row.overdue or not overdue]

    def history(self, item_id: str, licence_type: str) -> list[Use]:
        """What was said of one use, the newest first. Raises BadInput where nobody asked."""
        with self.house.engine.connect() as conn:
            found = uses.history(conn, item_id, licence_type)
        if not found:
            raise BadInput("no such use: `zhongtai uses list` shows them")
        return found

    def counted(self, department: str | None) -> list[Counted]:
        """Every type that items use: of that issuing department, or of all."""
        today = self.house.clock().astimezone(CITY_TIME).date()
        with self.house.engine.connect() as conn:
            return use_lists.counted(conn, today, department)

    def of_type(self, licence_type: str, state: State, after: str = "") -> list[Named]:
        """A page of a type's uses in that state; one more than its length when more follow."""
        with self.house.engine.connect() as conn:
            return use_lists.of_type(conn, current_version(conn), licence_type, state, after)

    def refused(self, needs: str | None) -> list[Named]:
        """What was refused to the items of a department, or to all, and disputes of it."""
        with self.house.engine.connect() as conn:
            return use_lists.refused(conn, current_version(conn), needs)

    def request(self) -> int:
        """Ask for every use of the published version that nobody has asked for; how many.

        In the sandbox city its departments say yes at once, by the same way as anyone's.
        """
        with self.house.engine.begin() as conn:
            new = use_moves.request_all(conn, current_version(conn), self.house.clock())
        if self.house.settings.city_url:
            self._sandbox(new)
        return len(new)

    def decide(
        self, who: Account, pairs: Sequence[Pair], state: str, why: str,
        fields: Sequence[str] | None,
    ) -> list[Use]:  # fmt: skip
        """The issuing department's yes or no."""
        answer = {"state": state, "why": why, "fields": fields}
        at = self.house.clock()
        return self._done(who, lambda conn: use_moves.decide(conn, who, pairs, answer, at))

    def dispute(self, who: Account, pair: Pair, why: str) -> Use:
        """Say that a refusal is wrong."""
        at = self.house.clock()
        return self._done(who, lambda conn: use_moves.dispute(conn, who, *pair, why, at))

    def rule(
        self, who: Account, pair: Pair, state: str, why: str, fields: Sequence[str] | None
    ) -> Use:
        """The bureau's ruling."""
        answer = {"state": state, "why": why, "fields": fields}
        at = self.house.clock()
        return self._done(who, lambda conn: use_moves.rule(conn, who, *pair, answer, at))

    def _sandbox(self, new: Sequence[Use]) -> None:
        for department in sorted({one.department for one in new}):
            officer = Account("sandbox", department, "officer", department, (), demo=True)
            pairs = [(one.item_id, one.licence_type) for one in new if one.department == department]
            self.decide(officer, pairs, "approved", "沙盒城市首次启动", None)

    def _names(self, conn: Connection, items: set[str]) -> dict[str, str]:
        version = current_version(conn)
        found = {item: item_of_code(conn, version, item) for item in items}
        return {item: one.name if one is not None else item for item, one in found.items()}

    def _done(self, who: Account, work: Callable[[Connection], T]) -> T:
        return act(self.house, who.name, "use.refused", work)
