"""Rows that a system gives wrongly while it is told to: the world behind it stays as it is.

Lists over HTTP are bent on their way out; tables and files are written that way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from city.servers.misbehave import Misbehaviour
from city.world import World

Row = dict[str, str | None]
Columns = dict[str, str]
LIE = 1000
NEW_COLUMN = "sprungUp"
UNKNOWN = "从未见过"
#: Characters of the numbers whose last one is a check digit; older and foreign ones have none.
CHECKED = 18


def duplicate(rows: list[Row], _: Columns) -> list[Row]:
    """The last row comes twice."""
    return [*rows, rows[-1]] if rows else rows


def reorder(rows: list[Row], _: Columns) -> list[Row]:
    """Last row first."""
    return rows[::-1]


def new_column(rows: list[Row], _: Columns) -> list[Row]:
    """One column more."""
    return [{**row, NEW_COLUMN: "1"} for row in rows]


def missing_column(rows: list[Row], columns: Columns) -> list[Row]:
    """The last mapped column is gone."""
    gone = last_mapped(columns)
    return [{name: value for name, value in row.items() if name != gone} for row in rows]


def renamed_column(rows: list[Row], columns: Columns) -> list[Row]:
    """The last mapped column has another name."""
    old = last_mapped(columns)
    return [{(NEW_COLUMN if name == old else name): row[name] for name in row} for row in rows]


def retyped_column(rows: list[Row], columns: Columns) -> list[Row]:
    """Update times are numbers of another unit."""
    return [{**row, columns["updated"]: "7"} for row in rows]


def unknown_category(rows: list[Row], columns: Columns) -> list[Row]:
    """A category (status or state) says what nobody has listed."""
    names = [columns[field] for field in ("status", "state") if field in columns]
    return [{**row, **dict.fromkeys(names, UNKNOWN)} for row in rows]


def bad_digits(rows: list[Row], columns: Columns) -> list[Row]:
    """The last character of each holder's number is another one, where it is a check digit."""
    names = [columns[one] for one in ("holder_number", "applicant_number") if one in columns]
    return [{**row, **{name: _mistyped(row[name]) for name in names}} for row in rows]


def _mistyped(number: str | None) -> str | None:
    if not number or len(number) != CHECKED:
        return number
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def late(rows: list[Row], columns: Columns) -> list[Row]:
    """The row changed last but one is not there yet; once it comes, it is behind the others."""
    gone = held_back(rows, columns)
    return [row for row in rows if row[columns["id"]] != gone]


def held_back(rows: list[Row], columns: Columns) -> str | None:
    """The key of the row changed last but one, or None when there are too few."""
    keys = dict.fromkeys(row[columns["id"]] for row in _by_change(rows, columns))
    return list(keys)[-2] if len(keys) > 1 else None


def _by_change(rows: list[Row], columns: Columns) -> list[Row]:
    return sorted(rows, key=lambda row: (row[columns["updated"]] or "", row[columns["id"]] or ""))


def last_mapped(columns: Columns) -> str:
    """A column that is neither the key nor the update time."""
    return [name for field, name in columns.items() if field not in ("id", "updated")][-1]


ROWS: dict[str, Callable[[list[Row], Columns], list[Row]]] = {
    "duplicate": duplicate,
    "reorder": reorder,
    "new_column": new_column,
    "missing_column": missing_column,
    "renamed_column": renamed_column,
    "retyped_column": retyped_column,
    "unknown_category": unknown_category,
    "bad_digits": bad_digits,
}
#: What a list over HTTP, a table and a dropped file can be, by transport.
LISTS = (*ROWS, "late", "lying_total", "repeated_page")
TABLES = (*ROWS, "late")
FILES = (*ROWS, "late", "half_file", "unsigned_file", "changed_file", "other_encoding")
STATES = {"rest": LISTS, "soap": LISTS, "sql": TABLES, "exchange": TABLES, "files": FILES}


def bent(rows: list[Row], columns: Columns, states: frozenset[str]) -> list[Row]:
    """All rows of a stream, wrongly."""
    if "late" in states:
        rows = late(rows, columns)
    for how in sorted(states & ROWS.keys()):
        rows = ROWS[how](rows, columns)
    return rows


class Distorted:
    """The world as one HTTP system's lists give it."""

    def __init__(self, world: World, misbehaviour: Misbehaviour) -> None:
        self._world, self._misbehaviour = world, misbehaviour
        self.wire: dict[str, Any] = world.wire

    def total(self, system: str, stream: str, since: str | None = None) -> int:
        """How many rows it says there are."""
        total = self._world.total(system, stream, since)
        if "late" in self._misbehaviour.states(system) and total > 1:
            total -= 1  # the last but one is among those changed since, when two of them are
        return total + LIE if "lying_total" in self._misbehaviour.states(system) else total

    def page(
        self, system: str, stream: str, offset: int, limit: int, since: str | None = None
    ) -> list[Row]:
        """`World.page`, wrongly."""
        if "repeated_page" in self._misbehaviour.states(system):
            offset = 0
        return self._bent(system, stream, self._world.page(system, stream, offset, limit, since))

    def rows(
        self,
        system: str,
        stream: str,
        since: str | None,
        after: tuple[str, str] | None,
        limit: int,
    ) -> tuple[list[Row], Row | None]:
        """A page past `after`, wrongly; and its true last row when more rows follow."""
        if "repeated_page" in self._misbehaviour.states(system):
            after = None
        found = self._world.rows(system, stream, since=since, after=after, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return self._bent(system, stream, found[:limit]), last

    def _bent(self, system: str, stream: str, rows: list[Row]) -> list[Row]:
        columns: Columns = self.wire[system]["streams"][stream]["columns"]
        states = self._misbehaviour.states(system)
        if "late" in states:
            gone = self._gone(system, stream)
            rows = [row for row in rows if row[columns["id"]] != gone]
        return bent(rows, columns, states - {"late"})

    def _gone(self, system: str, stream: str) -> str | None:
        """The key of the row changed last but one: one row of the store, not all of them sorted."""
        total = self._world.total(system, stream)
        if total < 2:
            return None
        columns: Columns = self.wire[system]["streams"][stream]["columns"]
        return self._world.page(system, stream, total - 2, 1)[0][columns["id"]]
