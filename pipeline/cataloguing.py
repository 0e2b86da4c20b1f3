"""The catalogue's versions, flow and deciding bodies, as the command line and the API use them.

Each deed of a person is by an account of the right role, and in the ledger; a department proposes,
the bureau decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from catalog.deciding import bodies as deciding_room
from catalog.deciding.bodies import Body, Decision
from catalog.flow import deltas as flow_room
from catalog.flow.deltas import Delta, Proposal
from catalog.periods import division_of, named_division
from catalog.versions import history
from catalog.versions.bodies import deciding_body
from catalog.versions.changes import Change
from catalog.versions.compare import Comparison, compare
from catalog.versions.diff import Wanted, diff, is_wanted
from catalog.versions.flows import effective_flow
from catalog.versions.history import VersionRow
from catalog.versions.publish import held, publish
from catalog.versions.read import PublishedItem, current_version, item_of_code, names_of
from catalog.versions.search import search_items
from kernel.clock import CITY_TIME
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from pipeline.approval import person
from pipeline.handed_in import row_of
from pipeline.uses import Uses
from registry.accounts import Role

BUREAU: tuple[Role, ...] = ("bureau",)
FOUND = 30  # items that a search lists
KEPT = 4  # comparisons of versions that stay in memory


class Cataloguing:
    """Over one installation. Every method may raise BadInput and Refused."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._diffs: dict[tuple[int, int], list[Change]] = {}  # a version never changes

    def versions(self) -> list[VersionRow]:
        """All, the newest first."""
        with self.house.engine.connect() as conn:
            return history.versions(conn)

    def held(self) -> bool:
        """Whether a roll-back holds publishing back."""
        with self.house.engine.connect() as conn:
            return held(conn)

    def verify(self, number: int) -> None:
        """Raises Stop where a version does not hold what its digest says."""
        with self.house.engine.connect() as conn:
            history.verify(conn, history.known(conn, number))

    def diff(self, old: int | None, new: int | None, wanted: Wanted) -> list[Change]:
        """The changes; without numbers those from the version before the newest to it."""
        with self.house.engine.connect() as conn:
            after = history.known(conn, new)
            before = after - 1 if old is None else old
            key = (history.known(conn, before) if before else 0, after)
            found = self._diffs.get(key)
            if found is None:
                found = diff(conn, *key)
        self._diffs = {**dict([*self._diffs.items()][1 - KEPT :]), key: found}
        return [one for one in found if is_wanted(one, wanted)]

    def publish(self, by: str) -> int:
        """A new version when the content changed; the number in force. Uses that are new are asked
        for, as after every publishing.
        """
        self._role(by, BUREAU)
        number = publish(self.house, by)
        Uses(self.house).request()
        return number

    def rollback(self, number: int, by: str, why: str) -> int:
        """Back to an old version, as a new one; its number. Publishing is held."""
        self._role(by, BUREAU)
        return history.rollback(self.house, number, by, why)

    def release(self, by: str, why: str) -> None:
        """Let publishing go on."""
        self._role(by, BUREAU)
        history.release(self.house, by, why)

    def flow(
        self, item_id: str, division: str | None, day: date | None, version: int | None
    ) -> dict[str, Any]:
        """The flow in force, who decides, and where each value comes from."""
        with self.house.engine.connect() as conn:
            number, when = history.known(conn, version), day or self._today()
            item = item_of_code(conn, number, item_id)
            if item is None:
                raise BadInput(f"catalogue version {number} has no item {item_id}")
            local = item_id if item.local_name else ""
            where = division_of(division) or named_division(item.division)
            flow = effective_flow(conn, number, item.item_id, where, when, local)
            body = deciding_body(conn, number, item.item_id, where, when)
            return {
                "version": number,
                "item_id": item.item_id,
                "name": item.name,
                "division": where or None,
                "day": when.isoformat(),
                "deciding": body.as_json() if body else None,
                "flow": [one.as_json() for one in flow],
            }

    def compare(
        self, item_id: str, only: Sequence[str], day: date | None, version: int | None
    ) -> Comparison:
        """The item's counties side by side."""
        with self.house.engine.connect() as conn:
            number = history.known(conn, version)
            return compare(conn, number, item_id, only, day or self._today())

    def items(self, words: str) -> list[PublishedItem]:
        """Published items by what people call them, or the beginning of a code."""
        with self.house.engine.connect() as conn:
            return search_items(conn, current_version(conn), words, limit=FOUND)

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """Names of published items by id; one that is not published is left out."""
        with self.house.engine.connect() as conn:
            return names_of(conn, current_version(conn), ids)

    def deviations(self, item_id: str | None, state: str | None) -> list[Delta]:
        """Deviations, by number."""
        with self.house.engine.connect() as conn:
            return flow_room.deltas(conn, item_id, state)

    def propose(self, wanted: Sequence[Proposal], by: str, why: str) -> list[int]:
        """Deviations to decide on, all or none; their numbers. An officer's are of items of the
        department.
        """
        with self.house.engine.begin() as conn:
            account = person(conn, by, ("officer", "bureau"))
            numbers = []
            for place, said in enumerate(wanted, 2):
                with row_of(place):
                    _, department = item_of(conn, said.item_id)
                    if account.role == "officer" and account.department not in (None, department):
                        raise Refused("这个事项属于别的部门", reason="other_department")
                    number = flow_room.propose(conn, said, by, why, self.house.clock())
                facts = {"item": said.item_id, "field": said.field, "subject": str(number)}
                self._told(conn, "flow.proposed", by, division=said.division, **facts)
                numbers.append(number)
            return numbers

    def decide(self, number: int, state: str, by: str, why: str, document: str | None) -> None:
        """Accept, refuse or withdraw a deviation."""
        with self.house.engine.begin() as conn:
            person(conn, by, BUREAU)
            flow_room.decide(conn, number, state, by, why, self.house.clock(), document)
            facts = {"subject": str(number), "decision": state, "document": document}
            self._told(conn, "flow.decided", by, **facts)

    def bodies(self, item_id: str) -> list[Body]:
        """Every period of who decides an item, withdrawn ones too. Raises BadInput."""
        with self.house.engine.connect() as conn:
            item_of(conn, item_id)
            return deciding_room.bodies(conn, item_id)

    def assign(self, wanted: Sequence[Decision], by: str, why: str) -> list[int]:
        """Keep who decides items from a day on, all or none; their numbers."""
        with self.house.engine.begin() as conn:
            person(conn, by, BUREAU)
            numbers = []
            for place, said in enumerate(wanted, 2):
                with row_of(place):
                    number = deciding_room.record(conn, said, by, why, self.house.clock())
                facts = {
                    "item": said.item_id, "department": said.department, "decision": said.manner,
                    "document": said.document, "division": said.division, "subject": str(number),
                }  # fmt: skip
                self._told(conn, "deciding.recorded", by, **facts)
                numbers.append(number)
            return numbers

    def unassign(self, number: int, by: str, why: str) -> None:
        """Take such a decision back."""
        with self.house.engine.begin() as conn:
            person(conn, by, BUREAU)
            deciding_room.withdraw(conn, number, by, why, self.house.clock())
            self._told(conn, "deciding.withdrawn", by, subject=str(number))

    def _today(self) -> date:
        return self.house.clock().astimezone(CITY_TIME).date()

    def _role(self, by: str, roles: Sequence[Role]) -> None:
        with self.house.engine.connect() as conn:
            person(conn, by, roles)

    def _told(self, conn: Connection, name: EventName, by: str, **facts: Any) -> None:
        log.append(conn, event(self.house.clock(), name, by, **facts))


def item_of(conn: Connection, item_id: str) -> tuple[str, str | None]:
    """Name and competent department of a canonical item. Raises BadInput where there is none."""
    row = conn.execute(
        text("SELECT name, department FROM catalog.canonical_item WHERE id = :id"), {"id": item_id}
    ).one_or_none()
    if row is None:
        raise BadInput(f"there is no canonical item {item_id}")
    return row.name, row.department
