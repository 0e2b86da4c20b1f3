"""Where rows lie: a batch of a stream of a system, and what its sealed values are bound to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, func, literal

from kernel.crypto import derive
from kernel.house import House
from landing.tables import RECORDS
from registry.contract import Stream

UNIT = "\x1f"  # between the keys of a list


@dataclass(frozen=True)
class Place:
    """One batch (or, with none, one step) of a stream, and its time."""

    system: str
    stream: Stream
    run: str
    batch: str
    at: datetime

    @property
    def table(self) -> Table:
        """The table of the stream's kind."""
        return RECORDS[self.stream.kind]

    @property
    def lock(self) -> str:
        """The advisory lock that whoever writes the stream's rows holds."""
        return lock_name(self.system, self.stream.name)

    def mine(self, table: Table) -> ColumnElement[bool]:
        """Rows of this system's stream."""
        return and_(table.c.system == self.system, table.c.stream == self.stream.name)


def lock_name(system: str, stream: str) -> str:
    """The advisory lock of a stream's rows."""
    return f"landing/{system}/{stream}"


def any_of(column: ColumnElement[str], keys: Sequence[str]) -> ColumnElement[bool]:
    """Whether the column is one of many keys (hashes or names), sent as one text."""
    return column == func.any(func.string_to_array(literal(UNIT.join(keys)), UNIT))


def seal_key(house: House, system: str, stream: str) -> bytes:
    """The key of a stream's sealed values."""
    return derive(house.keys.master, "landing", system, stream)


def seal_place(system: str, stream: str, key_hash: str) -> str:
    """What a row's sealed values are bound to."""
    return f"landing/{system}/{stream}/{key_hash}"


def raw_place(system: str, stream: str, key_hash: str) -> str:
    """What a quarantined raw row is bound to."""
    return f"quarantine/{system}/{stream}/{key_hash}"
