"""What an event is: its kind, its place in the order of all, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from kernel.crypto import keyed_hash
from kernel.house import House

Kind = Literal[
    "licence.issued",  # a first version
    "licence.changed",  # a new version of one that was told before
    "licence.suspended",  # a new version, and it is suspended
    "licence.revoked",  # a new version, and it is revoked
    "licence.ended",  # gone at its source, or withheld there
    "approval.finished",  # a case was granted, refused or withdrawn
    "waiver.published",  # a list of licence types that need not be brought
    "correction.answered",  # the issuing department has answered
]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Position(NamedTuple):
    """Where an event stands: the ledger's entry, and the place among the events of that entry."""

    entry: int
    place: int


@dataclass(frozen=True)
class Event:
    """One event. `data` holds no number, name or address of a person.

    `subject`: events of one subject are told in their order. `holders`: keyed hashes; they never
    leave as they are. `department`: None where the event is everybody's.
    """

    at: Position
    kind: Kind
    time: datetime
    subject: str
    types: frozenset[str]
    department: str | None
    holders: Sequence[str]
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The same whenever it is told: who gets it twice knows it by this."""
        return f"evt_{self.at.entry}_{self.at.place}"


def reference(house: House, subscription: int, holder: str) -> str:
    """What stands for a holder (keyed hash) in the events of one subscription.

    The same holder has another one in another subscription, so that receivers cannot put their
    events together.
    """
    return keyed_hash(house.keys.index, "event-holder", str(subscription), holder)
