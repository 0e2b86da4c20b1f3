"""One system's rows beside the city's truth, key by key: what is lost, doubled, not gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

from cli.truth import Truth
from kernel.crypto import keyed_hash
from kernel.house import House
from landing.read import is_live
from landing.tables import RECORDS, batch, quarantine

Stream = tuple[str, str]


@dataclass
class Found:
    """Keys that are not as the city says, all comparisons together.

    `lost`: a good row that is not stored, or a bad one that is not in quarantine. `doubled`: a
    key that the source never had, that is both stored and refused, or stored and should be
    refused. `not_gone`: a key that the source had and has no more. `compared`: keys looked at.
    """

    lost: int = 0
    doubled: int = 0
    not_gone: int = 0
    compared: int = 0
    wrong: list[str] = field(default_factory=list)

    def total(self) -> int:
        """All that is wrong."""
        return self.lost + self.doubled + self.not_gone


class Compared:
    """Compares, and remembers which keys the source has had."""

    def __init__(self, house: House, truth: Truth) -> None:
        self.house, self.truth, self.found = house, truth, Found()
        self.streams: dict[Stream, str] = {
            (one["system"], one["stream"]): one["kind"] for one in truth.get("/streams")
        }
        self.had: dict[Stream, set[str]] = {place: set() for place in self.streams}

    def system(self, code: str, when: str) -> None:
        """Each stream of a system as it is now; `when` stands in the sentence about it."""
        for (system, stream), kind in self.streams.items():
            if system == code:
                self._stream(system, stream, RECORDS[kind], when)

    def _stream(self, system: str, stream: str, table: Table, when: str) -> None:
        good, bad = self._truth(system, stream)
        with self.house.engine.connect() as conn:
            rows = list(conn.scalars(_keys(table, system, stream).where(is_live(table))))
            still_open = _keys(quarantine, system, stream).where(quarantine.c.closed_at.is_(None))
            entries = list(conn.scalars(still_open))
        stored, refused = set(rows), set(entries)
        had = self.had[system, stream]
        extra = (stored - good) | (refused - bad)
        lost = len(good - stored) + len(bad - refused)
        doubled = len(extra - had) + len(stored & refused) + len(stored & bad)
        doubled += len(rows) - len(stored) + len(entries) - len(refused)
        not_gone = len((extra & had) - good - bad)
        had |= good | bad
        self.found.compared += len(good) + len(bad)
        self.found.lost += lost
        self.found.doubled += doubled
        self.found.not_gone += not_gone
        if lost or doubled or not_gone:
            self.found.wrong.append(
                f"{system} {stream}, {when}: {lost} lost, {doubled} doubled, {not_gone} not gone"
            )

    def _truth(self, system: str, stream: str) -> tuple[set[str], set[str]]:
        """Hashes of the keys that are to be stored, and of those to be refused."""
        good, bad = set[str](), set[str]()
        for one in self.truth.get(f"/streams/{system}/{stream}/keys"):
            which = bad if one["bad"] else good
            which.add(keyed_hash(self.house.keys.index, "key", system, stream, one["key"]))
        return good, bad


def versions(house: House, codes: list[str]) -> set[tuple[Any, ...]]:
    """System, stream, key and version of every live row."""
    found: set[tuple[Any, ...]] = set()
    with house.engine.connect() as conn:
        for table in RECORDS.values():
            columns = (table.c[name] for name in ("system", "stream", "key_hash", "row_hash"))
            rows = select(*columns).where(is_live(table), table.c.system.in_(codes))
            found |= {tuple(row) for row in conn.execute(rows)}
    return found


def without_object(house: House) -> int:
    """Batches whose rows have landed and whose object is not there."""
    with house.engine.connect() as conn:
        named = set(conn.scalars(select(batch.c.object)))
    return len(named - set(house.objects.names("raw/")))


def _keys(table: Table, system: str, stream: str) -> Any:
    return select(table.c.key_hash).where(table.c.system == system, table.c.stream == stream)
