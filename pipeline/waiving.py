"""Confirming and publishing waivers: who does it, in one transaction; refusals on record too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from catalog.versions.read import current_version
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from pipeline.on_record import act
from registry import licence_types, waiver_moves, waiver_rules, waivers
from registry.accounts import Account
from registry.waiver_moves import Document
from registry.waivers import Waiver, WaiverList

T = TypeVar("T")
#: Of a licence type; none: nobody has proposed it.
STATES = ("none", *waivers.STATES)
#: The sandbox's first list; invented.
SANDBOX_LIST = "赣市政数字〔2026〕1号（沙盒示例）"


@dataclass(frozen=True)
class WaiverRow:
    """A licence type and what has been said of it. `state`: none where nobody has proposed it."""

    licence_type: str
    department: str
    state: str
    in_force: bool
    waiver: Waiver | None


class Waiving:
    """Over one installation. Every method may raise BadInput and Refused."""

    def __init__(self, house: House) -> None:
        self.house = house

    def rows(self, state: str | None = None) -> list[WaiverRow]:
        """Every licence type, in the registry's order; `state`: only those of that state."""
        with self.house.engine.connect() as conn:
            said = waivers.current(conn)
        today = self.house.clock().astimezone(CITY_TIME).date()
        rows = [
            WaiverRow(
                name,
                kind.department,
                said[name].state if name in said else "none",
                waivers.standing(said.get(name), today) == "in_force",
                said.get(name),
            )
            for name, kind in licence_types.load().items()
        ]
        return [row for row in rows if state in (None, row.state)]

    def history(self, licence_type: str) -> list[Waiver]:
        """What was said of a type, the newest first. Raises BadInput on no licence type."""
        if licence_type not in licence_types.load():
            raise BadInput(f"no licence type {licence_type}: `zhongtai catalog waivers list`")
        with self.house.engine.connect() as conn:
            return waivers.history(conn, licence_type)

    def lists(self) -> list[WaiverList]:
        """The published lists, the newest first."""
        with self.house.engine.connect() as conn:
            return waivers.lists(conn)

    def propose(self, who: Account, types: Sequence[str], why: str) -> list[str]:
        """Say that types could be waived."""
        at = self.house.clock()
        return self._done(who, lambda conn: waiver_moves.propose(conn, who, types, why, at))

    def confirm(self, who: Account, types: Sequence[str], document: str, dated: date) -> list[str]:
        """The competent department's yes."""
        at, by = self.house.clock(), Document(document, dated)
        return self._done(who, lambda conn: waiver_moves.confirm(conn, who, types, by, at))

    def publish(self, who: Account, types: Sequence[str], document: str, dated: date) -> int:
        """Publish a list; its number. No types: all that are confirmed."""
        at, by = self.house.clock(), Document(document, dated)

        def work(conn: Connection) -> int:
            named = types or _confirmed(conn)
            return waiver_moves.publish(conn, who, named, by, current_version(conn), at)

        return self._done(who, work)

    def withdraw(self, who: Account, types: Sequence[str], why: str) -> list[str]:
        """End a waiver."""
        at = self.house.clock()
        return self._done(who, lambda conn: waiver_moves.withdraw(conn, who, types, why, at))

    def _done(self, who: Account, work: Callable[[Connection], T]) -> T:
        return act(self.house, who.name, "waiver.refused", work)


def sandbox(house: House) -> None:
    """Let the sandbox city's departments confirm, and its bureau publish, once: at its first start.

    The same way as anyone's, with the invented documents of `waiver_rules.yml`.
    """
    waiving = Waiving(house)
    if any(row.waiver is not None for row in waiving.rows()):
        return
    rules = waiver_rules.load()
    bureau = Account("sandbox", "沙盒城市", "bureau", None, (), demo=True)
    waiving.propose(bureau, list(rules), "沙盒城市首次启动")
    for name, rule in rules.items():
        officer = Account("sandbox", rule.department, "officer", rule.department, (), demo=True)
        waiving.confirm(officer, [name], rule.document, rule.confirmed_date)
    first = max(rule.confirmed_date for rule in rules.values())
    waiving.publish(bureau, [], SANDBOX_LIST, first)


def _confirmed(conn: Connection) -> list[str]:
    return [name for name, one in waivers.current(conn).items() if one.state == "confirmed"]
